package ui

import (
	"parley/internal/domain/guideline"
	"parley/internal/words"
)

// MeterTag is how a criterion stands, in a word.
func MeterTag(l guideline.MeterLine) (TagKind, words.Text) {
	switch {
	case l.Truth == guideline.Met:
		return TagSuccess, l.Word
	case !l.Needed:
		return TagNeutral, "Not needed"
	case l.Truth == guideline.NotMet:
		return TagWarning, l.Word
	}
	return TagInfo, l.Word
}
