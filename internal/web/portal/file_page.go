package portal

import (
	"context"
	"io"
	"strconv"
	"strings"

	"parley/internal/domain/attachment"
	"parley/internal/fault"
	"parley/internal/infra/inspect"
	"parley/internal/web"
)

// showPage sends a page of a TIFF, which browsers don't show, as a PNG. It is
// made each time it is read: kept pictures would be copies to guard.
func (p *Pages) showPage(ctx context.Context, r *web.Request) (web.Answer, error) {
	none := fault.New(fault.NotFound, "We can't find that page of the file.")
	page, err := strconv.Atoi(r.PathValue("page"))
	if err != nil {
		return web.Answer{}, none
	}
	f, err := fileOf(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if f.MediaType != inspect.TIFF.Media() || page < 1 || page > max(1, f.Pages) {
		return web.Answer{}, none
	}
	name := strings.TrimSuffix(f.Name, ".tif") + "-" + strconv.Itoa(page) + ".png"
	return web.Answer{File: &web.File{Name: name, Type: inspect.PNG.Media(), Stream: func(w io.Writer) error {
		return p.picture(context.WithoutCancel(ctx), f, page, w)
	}}}, nil
}

// picture writes a page of a file as a PNG.
func (p *Pages) picture(ctx context.Context, f attachment.File, page int, w io.Writer) error {
	in, err := p.Files.Open(ctx, f.BlobKey)
	if err != nil {
		return err
	}
	defer in.Close()
	report, err := p.Reader.Run(ctx, inspect.Ask{Do: inspect.Show, Type: inspect.TIFF, Pages: []int{page}}, in, w)
	if err == nil && report.Verdict != inspect.Fine {
		err = fault.New(fault.Invalid, "%s", report.Why)
	}
	return err
}
