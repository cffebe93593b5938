package e2e

import (
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/order"
)

// Scripts say in Spanish what they add to a page in Spanish: those of every
// page, of one page, and modules that are fetched when they are wanted.
func TestUploadScriptsSpeakSpanish(t *testing.T) {
	h := filed(t)
	q := h.draft(t, order.Standard)
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/requests/" + q.Number + "/files")
	d.says("You can also drop files here.")
	d.tab.Click(".speak button")
	d.waits(`document.documentElement.lang === "es" && document.readyState === "complete"`)
	d.says("También puede arrastrar archivos aquí.", "Elegir primero páginas de un PDF")
	d.silent("You can also drop files here.")
	d.tab.Upload(chooser, onDisk(t, "chart.pdf", chart()))
	d.shows("Usted comparte 4 de 4 páginas.", "Girar", "Cubrir partes")
	d.tab.Type("#picker-pages", "1-9")
	d.tab.Click("Compartir estas páginas")
	d.shows("Escriba números de página del 1 al 4, por ejemplo, 1-3, 7")
	d.look("picker-spanish")
	d.tab.Type("#picker-pages", "1-4")
	d.tab.Click("Compartir estas páginas")
	d.until("chart.pdf", "Aceptado")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}
