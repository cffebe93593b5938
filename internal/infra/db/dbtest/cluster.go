package dbtest

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// startCluster starts one PostgreSQL server for this test binary, with a
// migrated template database, on a Unix socket in a temporary folder.
var startCluster = sync.OnceValues(func() (cluster, error) {
	bin, err := binaries()
	if err != nil {
		return cluster{}, err
	}
	dir, err := os.MkdirTemp("", "parley-postgres")
	if err != nil {
		return cluster{}, err
	}
	as, err := serverUser(dir)
	if err != nil {
		return cluster{}, err
	}
	if err := launch(bin, dir, as); err != nil {
		return cluster{}, err
	}
	c := cluster{dir: dir}
	c.admin, err = sql.Open("pgx", c.url("postgres"))
	if err != nil {
		return c, err
	}
	c.admin.SetMaxOpenConns(1) // create database … template allows no other user of the template
	if err := c.ready(); err != nil {
		return c, err
	}
	if _, err := c.admin.Exec("create database parley_template"); err != nil {
		return c, err
	}
	return c, migrate(c.url("parley_template"))
})

// binaries finds the newest installed server: Debian keeps it off the PATH.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		if path, err := exec.LookPath("initdb"); err == nil {
			return filepath.Dir(path), nil
		}
		return "", errors.New("PostgreSQL's server binaries are not installed: run `make tools` (apt-get install postgresql)")
	}
	sort.Strings(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// serverUser is who runs the server: PostgreSQL refuses to run as root.
func serverUser(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL can't run as root and there is no user postgres: %w", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, Setpgid: true}, nil
}

// script runs the server until its standard input ends. The pipe ends when
// the test binary does, however it does, so no server is left behind.
const script = `
set -e
"$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$2/initdb.log" 2>&1
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= $3 \
	-c max_connections=300 -c shared_buffers=64MB -c autovacuum=on >"$2/server.log" 2>&1 &
server=$!
cat >/dev/null || true
kill -INT $server
wait $server || true
rm -rf "$2"
`

// durability says how the server keeps what was committed. Tests need no disk;
// benchmarks measure it.
var durability = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"

func launch(bin, dir string, as *syscall.SysProcAttr) error {
	cmd := exec.Command("sh", "-c", script, "sh", bin, dir, durability)
	cmd.Dir = dir
	cmd.SysProcAttr = as
	held, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	keep = append(keep, held)
	return cmd.Start()
}

// keep holds the write ends of the pipes, which must not be collected.
var keep []io.Closer

func (c cluster) ready() error {
	var err error
	for range 300 {
		if err = c.admin.Ping(); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(c.dir, "initdb.log"))
	return fmt.Errorf("PostgreSQL did not start: %w\n%s", err, log)
}
