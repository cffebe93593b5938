// Parley is a portal, a review workspace and an admin console for prior
// authorization, in one program.
package main

import (
	"os"

	"parley/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args)) }
