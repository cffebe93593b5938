package inspect

import (
	"encoding/json"
	"errors"
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

// A Code is what a page's bar code says.
type Code struct {
	Text string `json:",omitempty"` // "" for none
	// Unread reports that nobody looked: the page is no picture, or can't be
	// shown.
	Unread bool `json:",omitempty"`
}

// codes finds a bar code (Code 128) on each of some pages, as a JSON array of
// [Code]. Few at once: each takes up to a second.
func codes(ask Ask, file []byte) (Report, []byte) {
	p, report := openPaper(ask.Type, file)
	if report.Verdict != Fine {
		return report, nil
	}
	all := make([]Code, len(ask.Pages))
	for i, page := range ask.Pages {
		if page < 1 || page > p.pages {
			return refused("The file has no such page"), nil
		}
		all[i] = codeOn(p, page)
	}
	made, err := json.Marshal(all)
	if err != nil {
		return damaged(broken), nil
	}
	return report, made
}

// CodesOf reads what Reader.Run wrote for the ask Codes.
func CodesOf(made []byte) (all []Code, err error) { return all, json.Unmarshal(made, &all) }

// codeOn reads the code on a page. A page that breaks its reader has none, and
// the others are read all the same.
func codeOn(p *paper, page int) (c Code) {
	defer func() {
		if recover() != nil {
			c = Code{Unread: true}
		}
	}()
	m, err := p.picture(page)
	if err != nil {
		return Code{Unread: true}
	}
	return Code{Text: barCode(m)}
}

// barCode is what the Code 128 in a picture says, however it lies; "" if there
// is none. What a fax machine roughened reads better as it looks from afar.
func barCode(m image.Image) string {
	page := shades(m)
	for _, prepare := range []func(*image.Gray) *image.Gray{func(m *image.Gray) *image.Gray { return m }, blurred} {
		from := prepare(page)
		for _, degrees := range []int{0, 90} {
			if text, err := read(turned(from, degrees)); err == nil {
				return text
			}
		}
	}
	return ""
}

func read(m image.Image) (string, error) {
	bits, err := gozxing.NewBinaryBitmap(gozxing.NewGlobalHistgramBinarizer(gozxing.NewLuminanceSourceFromImage(m)))
	if err != nil {
		return "", err
	}
	found, err := oned.NewCode128Reader().Decode(bits, map[gozxing.DecodeHintType]interface{}{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", err
	}
	if found.GetBarcodeFormat() != gozxing.BarcodeFormat_CODE_128 {
		return "", errors.New("inspect: another code")
	}
	return found.GetText(), nil
}

// blurred is a picture of which each dot is the mean of those around it:
// specks fade, and bars, which are long, stay.
func blurred(g *image.Gray) *image.Gray {
	b := g.Bounds()
	made := image.NewGray(g.Bounds())
	for y := range b.Dy() {
		for x := range b.Dx() {
			sum, n := 0, 0
			for dy := -2; dy <= 2; dy++ {
				for dx := -1; dx <= 1; dx++ {
					if px, py := x+dx, y+dy; px >= 0 && py >= 0 && px < b.Dx() && py < b.Dy() {
						sum, n = sum+int(g.Pix[py*g.Stride+px]), n+1
					}
				}
			}
			made.Pix[y*made.Stride+x] = uint8(sum / n)
		}
	}
	return made
}
