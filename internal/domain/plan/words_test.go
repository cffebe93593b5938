package plan

import "testing"

// Every stage has its words in both languages, and a notice of one's own takes
// their place.
func TestWhatOfficesReadOfAWave(t *testing.T) {
	health, program, today := Plan{Name: "Harbor"}, Program{Name: "Joints"}, date("2026-11-23")
	wave := Rollout{Feature: MessagesFeature, From: date("2026-11-20"), To: date("2026-12-31")}
	for stage, want := range map[Stage]Said{
		Off: {},
		Announced: {"Coming for Joints, Harbor: write to us about an order online, after Thu, Dec 31.",
			"Próximamente para Joints, Harbor: podrá escribirnos en línea sobre una solicitud después del 31 de diciembre de 2026."},
		Pilot: {"You are among the first for Joints, Harbor: write to us about an order online.",
			"Usted está entre los primeros para Joints, Harbor: puede escribirnos en línea sobre una solicitud."},
		On: {"New for Joints, Harbor: write to us about an order online since Fri, Nov 20.",
			"Nuevo para Joints, Harbor: puede escribirnos en línea sobre una solicitud desde el 20 de noviembre de 2026."},
		Ending: {"Ending for Joints, Harbor: you can write to us about an order online until Thu, Dec 31.",
			"Termina para Joints, Harbor: puede escribirnos en línea sobre una solicitud hasta el 31 de diciembre de 2026."},
	} {
		wave.Stage = stage
		if got := wave.Words(health, program, "", today); got != want {
			t.Errorf("%s: %+v, want %+v", stage, got, want)
		}
	}
	wave.Notice, wave.NoticeES = "Soon.", "Pronto."
	if got := wave.Words(health, program, "", today); got != (Said{"Soon.", "Pronto."}) {
		t.Errorf("its own: %+v", got)
	}
	for _, f := range Features {
		if f.Words == "" || f.ES == "" || f.Off == "" || f.OffES == "" {
			t.Errorf("%s lacks words", f.ID)
		}
	}
}
