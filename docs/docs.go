// Package docs holds the guides and their pictures, so that the program can
// show its readers the same pages that the project has.
package docs

import "embed"

// Files are the guides (guide/*.md) and the pictures they show
// (pictures/*.png), which browser tests take of the demo.
//
//go:embed guide/*.md pictures/*.png
var Files embed.FS
