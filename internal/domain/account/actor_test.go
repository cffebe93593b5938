package account_test

import (
	"slices"
	"testing"

	"parley/internal/domain/account"
)

// Who answers clinical questions: offices for themselves, and staff on their
// behalf; never who only sees where a service takes place, or operates the
// program.
func TestWhoAnswersClinicalQuestions(t *testing.T) {
	answers := []account.Role{account.OfficeStaff, account.Clinician, account.OrgAdmin, account.Nurse, account.Intake, account.Supervisor}
	for _, role := range account.Roles {
		a := account.Actor{ID: "per_x", Seats: []account.Seat{{Role: role}}}
		if got := a.Can(account.AnswerClinical); got != slices.Contains(answers, role) {
			t.Errorf("%s: %v", role, got)
		}
	}
	if !account.Program().Can(account.AnswerClinical) {
		t.Error("the program prefills answers")
	}
}
