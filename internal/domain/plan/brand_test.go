package plan_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"

	"pgregory.net/rapid"
)

func picture(width, height int) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		m.Set(x, height/2, color.NRGBA{R: 26, G: 86, B: 168, A: uint8(x)})
	}
	var b bytes.Buffer
	_ = png.Encode(&b, m)
	return b.Bytes()
}

func TestAColorIsReadOnWhite(t *testing.T) {
	for c, want := range map[plan.Color]string{
		"#1A56A8": "The color has 7.1:1 contrast on white.",
		"#F2A900": "The color has 2.0:1 contrast on white. Text on letters is #9A6C00 instead, so that it can be read.",
		"#FFFFFF": "The color has 1.0:1 contrast on white. Text on letters is #757575 instead, so that it can be read.",
		"":        "",
	} {
		if got := c.ContrastWords(); got != want {
			t.Errorf("%s: %s", c, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		c := plan.ColorOf(rapid.Byte().Draw(t, "r"), rapid.Byte().Draw(t, "g"), rapid.Byte().Draw(t, "b"))
		ink := c.Ink()
		if ink.Contrast() < 4.5 || c.Contrast() >= 4.5 && ink != c {
			t.Errorf("text in %s is %s, %v:1", c, ink, ink.Contrast())
		}
	})
}

func TestALogoIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(context.Background(), func(tx *db.Tx) error {
			ctx := context.Background()
			id, err := plan.KeepLogo(ctx, tx, account.Program(), picture(300, 80))
			if err != nil {
				return err
			}
			kept, err := plan.Logo(ctx, tx, id)
			if err != nil {
				return err
			}
			m, err := png.Decode(bytes.NewReader(kept))
			if err != nil || m.Bounds().Dx() != 300 {
				t.Errorf("%v, %v", m, err)
			}
			if r, g, b, _ := m.At(0, 0).RGBA(); r&g&b != 0xffff {
				t.Error("it isn't on white")
			}
			again, err := plan.KeepLogo(ctx, tx, account.Program(), kept)
			if err != nil || again != id {
				t.Errorf("the same picture is %q and %q: %v", id, again, err)
			}
			for what, bad := range map[string][]byte{"nothing": nil, "no picture": []byte("GIF89a"), "too wide": picture(1201, 20), "too small": picture(15, 15), "cut": picture(300, 80)[:90], "too large": append(picture(20, 20), make([]byte, 256<<10)...)} {
				if _, err := plan.KeepLogo(ctx, tx, account.Program(), bad); !fault.Is(err, fault.Invalid) || !strings.Contains(string(fault.Of(err).Fields["logo"]), "PNG") {
					t.Errorf("%s: %v", what, err)
				}
			}
			if _, err := plan.KeepLogo(ctx, tx, account.Actor{ID: "x"}, picture(300, 80)); !fault.Is(err, fault.Denied) {
				t.Errorf("anybody: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
