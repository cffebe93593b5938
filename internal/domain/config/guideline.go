package config

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/guideline"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// GuidelineSubject is a guideline with its questionnaire as a subject, by its id.
func GuidelineSubject(id string) Subject { return Subject{guidelineKindName, id} }

const guidelineKindName = "guideline"

// A draft of a guideline can be read; live it must also pass its own tests.
var guidelineKind = kind{
	name:   guidelineKindName,
	fields: []Field{{Key: "text", Label: "Text of the guideline", Section: "What it says", Input: Lines, Prose: true, told: tellGuideline, Hint: "JSON, as docs/guidelines.md describes it, with a FHIR Questionnaire in it. What is live never changes: give a change a new version, and the first day on which it holds"}},
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		p, err := guideline.Latest(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		return Doc{"text": string(p.Text())}, nil
	},
	check: func(ctx context.Context, tx *db.Tx, id string, d Doc) (Doc, error) {
		v, err := guidelineWith(id, d)
		if err != nil {
			return nil, err
		}
		err = guideline.Fits(ctx, tx, v)
		if fault.Is(err, fault.Conflict) {
			err = fault.Fields{"text": fault.Of(err).Text}.Err()
		}
		return Doc{"text": string(v.Text())}, err
	},
	ready: func(d Doc) error {
		v, bad := GuidelineOf(d)
		if len(bad) > 0 {
			return nil // check has said so
		}
		n := len(v.Tested().Failed)
		f := fault.Fields{}
		f.Check(n != 1, "text", "1 thing in the guideline’s own tests is not as it should be. See the coverage report")
		f.Check(n < 2, "text", words.Say("%s things in the guideline’s own tests are not as they should be. See the coverage report", strconv.Itoa(n)))
		return f.Err()
	},
	write: func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error {
		v, err := guidelineWith(id, d)
		if err != nil {
			return err
		}
		return guideline.Renew(ctx, tx, by, v.Text())
	},
	reads: func(Doc) []string { return nil },
}

// GuidelineOf is the version of a document, with what keeps it from being read.
func GuidelineOf(d Doc) (*guideline.Version, guideline.Mistakes) {
	return guideline.Proof([]byte(strings.ReplaceAll(d["text"], "\r\n", "\n")))
}

// guidelineWith is GuidelineOf with an Invalid fault at "text".
func guidelineWith(id string, d Doc) (*guideline.Version, error) {
	v, bad := GuidelineOf(d)
	if len(bad) > 0 {
		return nil, fault.Fields{"text": words.AsIs(bad.Error())}.Err()
	}
	if v.ID != id {
		return nil, fault.Fields{"text": words.Say("The id of the guideline must stay %s", id)}.Err()
	}
	return v, nil
}

// NewGuidelineID is the id that a new guideline's text gives it. An Invalid
// fault is at "text".
func NewGuidelineID(ctx context.Context, tx *db.Tx, d Doc) (string, error) {
	v, bad := GuidelineOf(d)
	if len(bad) > 0 {
		_, err := guidelineWith("", d)
		return "", err
	}
	known, err := versionsOf(ctx, tx, GuidelineSubject(v.ID))
	if err != nil {
		return "", err
	}
	now, err := Current(ctx, tx, GuidelineSubject(v.ID))
	f := fault.Fields{}
	f.Check(len(now)+len(known) == 0, "text", words.Say("There is a guideline %s already. Change that one", v.ID))
	if err != nil {
		return "", err
	}
	return v.ID, f.Err()
}

func tellGuideline(text string) (all []said) {
	v, bad := GuidelineOf(Doc{"text": text})
	if len(bad) > 0 {
		return nil
	}
	for _, t := range v.Tell() {
		all = append(all, said{t.About, t.Words})
	}
	return all
}

// WithQuestionnaire puts a FHIR Questionnaire in the place of a guideline's own;
// false where the text isn't one.
func WithQuestionnaire(d Doc, questionnaire string) (Doc, bool) {
	var kind struct {
		ResourceType string `json:"resourceType"`
	}
	var whole map[string]json.RawMessage
	if json.Unmarshal([]byte(questionnaire), &kind) != nil || kind.ResourceType != "Questionnaire" || json.Unmarshal([]byte(d["text"]), &whole) != nil {
		return d, false
	}
	old, there := whole["questionnaire"]
	if !there {
		return d, false
	}
	return Doc{"text": strings.Replace(d["text"], string(old), strings.TrimSpace(questionnaire), 1)}, true
}

// PublishGuideline publishes a guideline that somebody wrote as a file, and keeps
// it as a version. Faults and who may are those of guideline.Publish.
func PublishGuideline(ctx context.Context, tx *db.Tx, by account.Actor, text []byte) (p guideline.Published, fresh bool, err error) {
	v, bad := guideline.Proof(text)
	if len(bad) > 0 { // Publish says so in a fault
		return guideline.Publish(ctx, tx, by, text)
	}
	s := GuidelineSubject(v.ID)
	if err := Witness(ctx, tx, account.Program(), s, found(s)); err != nil {
		return p, false, err
	}
	if p, fresh, err = guideline.Publish(ctx, tx, by, text); err != nil {
		return p, fresh, err
	}
	return p, fresh, Witness(ctx, tx, by, s, "Set by a file.")
}
