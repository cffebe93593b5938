// Command cluster runs another command against new PostgreSQL databases, one
// for each bench, on a server that it starts and that ends with it.
package main

import (
	"fmt"
	"os"
	"os/exec"

	"parley/internal/infra/db/dbtest"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "cluster PROGRAM DATA SECONDS ROWS")
		os.Exit(2)
	}
	for _, what := range []string{"slots", "booking", "intake", "search"} {
		if err := bench(what, os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
			fmt.Fprintln(os.Stderr, "cluster:", err)
			os.Exit(1)
		}
	}
}

func bench(what, program, data, seconds, rows string) error {
	database, err := dbtest.Fresh()
	if err != nil {
		return err
	}
	args := []string{"bench", what, "--database", database, "--data", data, "--seconds", seconds}
	if what == "search" {
		args = append(args, "--rows", rows)
	}
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}
