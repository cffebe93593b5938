// Command cluster runs another command against new PostgreSQL databases, one
// for each bench, on a server that it starts and that ends with it. Without
// named benches it runs all of them.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"parley/internal/infra/db/dbtest"
)

func main() {
	if len(os.Args) < 5 {
		fmt.Fprintln(os.Stderr, "cluster PROGRAM DATA SECONDS ROWS [\"BENCH FLAGS\"]...")
		os.Exit(2)
	}
	all := os.Args[5:]
	if len(all) == 0 {
		all = []string{"slots", "booking", "live", "intake", "review", "messages", "home", "imports", "search --rows " + os.Args[4]}
	}
	for _, what := range all {
		if err := bench(strings.Fields(what), os.Args[1], os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, "cluster:", err)
			os.Exit(1)
		}
	}
}

func bench(what []string, program, data, seconds string) error {
	database, err := dbtest.Fresh()
	if err != nil {
		return err
	}
	cmd := exec.Command(program, append([]string{"bench", what[0], "--database", database, "--data", data, "--seconds", seconds}, what[1:]...)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}
