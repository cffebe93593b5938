package plan

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"regexp"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Color is one of a plan's brand, like #1A56A8; "" for none.
type Color string

var sixDigits = regexp.MustCompile(`^#[0-9A-F]{6}$`)

// Tidy writes c in capitals with its mark.
func (c Color) Tidy() Color {
	s := strings.ToUpper(strings.TrimSpace(string(c)))
	if s != "" && !strings.HasPrefix(s, "#") {
		s = "#" + s
	}
	return Color(s)
}

// check says at "color" what is wrong.
func (c Color) check(f fault.Fields) {
	f.Check(c == "" || sixDigits.MatchString(string(c)), "color", "Enter a color as # and 6 digits or letters A to F, like #1A56A8")
}

// RGB are the parts of a color that was checked, 0 to 255.
func (c Color) RGB() (r, g, b uint8) {
	n, err := strconv.ParseUint(strings.TrimPrefix(string(c), "#"), 16, 32)
	if err != nil {
		return 0, 0, 0
	}
	return uint8(n >> 16), uint8(n >> 8), uint8(n)
}

// onWhite is the least contrast of text on its ground (WCAG 2.2, 1.4.3).
const onWhite = 4.5

// Contrast is that of c on white, 1 to 21 (WCAG 2.2, contrast ratio).
func (c Color) Contrast() float64 {
	r, g, b := c.RGB()
	return 1.05 / (0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b) + 0.05)
}

// linear is the light of one part of a color (WCAG 2.2, relative luminance).
func linear(part uint8) float64 {
	v := float64(part) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// Ink is c for text on white: c itself, or the same hue as much darker as it
// takes to be read.
func (c Color) Ink() Color {
	r, g, b := c.RGB()
	for share := 1.0; ; share -= 0.02 {
		part := func(v uint8) uint8 { return uint8(float64(v) * share) }
		ink := ColorOf(part(r), part(g), part(b))
		if ink.Contrast() >= onWhite {
			return ink
		}
	}
}

// ColorOf is the color of its parts.
func ColorOf(r, g, b uint8) Color {
	return Color("#" + strings.ToUpper(hex.EncodeToString([]byte{r, g, b})))
}

// ContrastWords say how c is read on white; "" for no color.
func (c Color) ContrastWords() string {
	if c == "" {
		return ""
	}
	said := "The color has " + strconv.FormatFloat(math.Floor(c.Contrast()*10)/10, 'f', 1, 64) + ":1 contrast on white."
	if c.Ink() != c {
		said += " Text on letters is " + string(c.Ink()) + " instead, so that it can be read."
	}
	return said
}

// What a logo may be: small enough for every letter.
const (
	mostLogo                         = 256 << 10
	logoWidth, logoHeight            = 1200, 600
	narrowLogo, shortLogo            = 16, 16
	logoWrong             words.Text = "The logo must be a PNG picture, at most 256 KB, 16 to 1,200 points wide and 16 to 600 high"
)

// KeepLogo keeps a PNG picture for a plan to have as its logo, on white and with
// nothing but the picture, and gives its id. The error is Invalid at "logo". Who
// may: who saves plans.
func KeepLogo(ctx context.Context, tx *db.Tx, by account.Actor, file []byte) (id string, err error) {
	if err := may(by); err != nil {
		return "", err
	}
	tidied, err := tidyLogo(file)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(tidied)
	id = hex.EncodeToString(sum[:16])
	_, err = tx.Exec(ctx, `insert into plan_logo (id, png, added_at) values ($1, $2, $3) on conflict (id) do nothing`, id, base64.StdEncoding.EncodeToString(tidied), tx.Now())
	return id, err
}

func tidyLogo(file []byte) ([]byte, error) {
	wrong := fault.Fields{"logo": logoWrong}.Err()
	size, err := png.DecodeConfig(bytes.NewReader(file))
	if err != nil || len(file) > mostLogo || size.Width < narrowLogo || size.Width > logoWidth || size.Height < shortLogo || size.Height > logoHeight {
		return nil, wrong
	}
	read, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, wrong
	}
	whole := image.NewRGBA(image.Rect(0, 0, size.Width, size.Height))
	draw.Draw(whole, whole.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(whole, whole.Bounds(), read, read.Bounds().Min, draw.Over)
	var out bytes.Buffer
	err = png.Encode(&out, whole)
	return out.Bytes(), err
}

// Logo is the PNG picture with an id, nil for "". Everybody may see it.
func Logo(ctx context.Context, tx *db.Tx, id string) ([]byte, error) {
	if id == "" {
		return nil, nil
	}
	text, err := db.One(ctx, tx, db.Value[string], `select png from plan_logo where id = $1`, id)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.NotFound, "We can't find that logo.")
	}
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(text)
}
