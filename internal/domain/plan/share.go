package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
)

// Reaches reports whether a wave is for an organization, whatever its lines of
// business and states.
func (r Rollout) Reaches(organization string) bool {
	switch {
	case r.Organizations != "":
		return organization != "" && slices.Contains(strings.Split(r.Organizations, ","), organization)
	case r.Percent > 0:
		return organization != "" && r.draw(organization) < r.Percent
	}
	return true
}

// draw is the number from 0 to 99 that an organization has for the feature,
// plan and program of a wave, always the same: so those whom 10 percent reach
// are among those whom 20 percent reach, in the same wave or a later one, and
// not always the same ones are first with every feature.
func (r Rollout) draw(organization string) int {
	sum := sha256.Sum256([]byte(strings.Join([]string{r.Feature, string(r.PlanID), string(r.ProgramID), organization}, "|")))
	return int(binary.BigEndian.Uint64(sum[:8]) % 100)
}
