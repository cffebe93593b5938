package inspect

import (
	"os/exec"
	"syscall"
)

// program is this program even after its file was replaced by an upgrade.
func (p *Reader) program() string {
	if p.Program != "" {
		return p.Program
	}
	return "/proc/self/exe"
}

// confine has the process die with this one, in a group of its own.
func confine(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// Limits of the process on itself, set before it reads a byte. It can't lift
// them again.
const (
	mostCPU    = 30        // seconds
	mostMemory = 768 << 20 // bytes of data; a file of 100 MB is read from memory
	mostFiles  = 16
)

func limit() error {
	limits := map[int]uint64{syscall.RLIMIT_CPU: mostCPU, syscall.RLIMIT_NOFILE: mostFiles, syscall.RLIMIT_FSIZE: 0, syscall.RLIMIT_CORE: 0}
	if !raceDetector { // which takes memory by the terabyte
		limits[syscall.RLIMIT_DATA] = mostMemory
	}
	for what, most := range limits {
		if err := syscall.Setrlimit(what, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	return nil
}
