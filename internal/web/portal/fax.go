package portal

import (
	"context"
	"image"
	"strconv"

	"github.com/boombuler/barcode/code128"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/web"
	"parley/internal/words"
)

// faxPage is the cover sheet of one request. It names no patient: the number
// is enough to put the pages where they belong, and a sheet that lies about
// tells nothing.
type faxPage struct {
	*requestPage
	program plan.Program
	bars    []bar
	width   int
}

// A bar is one dark stroke of the code.
type bar struct{ x, width int }

func showFax(ctx context.Context, r *web.Request) (web.Answer, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := q.early(); yes {
		return away, nil
	}
	p := &faxPage{requestPage: q}
	if p.program, err = plan.GetProgram(ctx, r.Tx, q.Order.ProgramID); err != nil {
		return web.Answer{}, err
	}
	if p.program.Fax == "" {
		return web.Answer{SeeOther: q.path("/files")}, nil
	}
	if p.bars, p.width, err = bars(q.Number); err != nil {
		return web.Answer{}, err
	}
	return q.ask("Fax cover sheet", web.Answer{Body: faxView(p)}), nil
}

// bars are the strokes of a number in Code 128 (ISO/IEC 15417), with the
// quiet zones of ten modules that readers need.
func bars(number string) (all []bar, width int, err error) {
	code, err := code128.Encode(number)
	if err != nil {
		return nil, 0, err
	}
	const quiet = 10
	b := code.Bounds()
	for x := b.Min.X; x < b.Max.X; x++ {
		switch {
		case !dark(code, x):
		case len(all) > 0 && all[len(all)-1].x+all[len(all)-1].width == x+quiet:
			all[len(all)-1].width++
		default:
			all = append(all, bar{x + quiet, 1})
		}
	}
	return all, b.Dx() + 2*quiet, nil
}

func dark(code image.Image, x int) bool {
	r, _, _, _ := code.At(x, code.Bounds().Min.Y).RGBA()
	return r == 0
}

func (p *faxPage) box() string { return "0 0 " + strconv.Itoa(p.width) + " 40" }

func (p *faxPage) until() words.Text { return civil.Deadline(p.ExpiresAt, p.loc, p.now) }

func (p *faxPage) number() string { return order.Spaced(p.Number) }
