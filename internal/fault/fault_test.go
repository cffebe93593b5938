package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestOfHidesWhatIsNotMeantForAPerson(t *testing.T) {
	f := Of(errors.New("pq: password authentication failed"))
	if f.Kind != Internal || f.Text.String() != "Something went wrong on our side." {
		t.Errorf("got %v %q", f.Kind, f.Text)
	}
}

func TestOfFindsAWrappedFault(t *testing.T) {
	err := fmt.Errorf("load: %w", New(NotFound, "We can't find order %s.", "1"))
	if f := Of(err); f.Kind != NotFound || f.Text.String() != "We can't find order 1." {
		t.Errorf("got %v %q", f.Kind, f.Text)
	}
	if Is(nil, Internal) {
		t.Error("nil has a kind")
	}
}

func TestFieldsKeepTheFirstText(t *testing.T) {
	f := Fields{}
	f.Check(true, "npi", "never")
	f.Check(false, "npi", "Enter the NPI")
	f.Check(false, "npi", "NPI must be 10 digits")
	err := f.Err()
	if !Is(err, Invalid) || Of(err).Fields["npi"].String() != "Enter the NPI" {
		t.Errorf("got %v", err)
	}
	if (Fields{}).Err() != nil {
		t.Error("no fields, but an error")
	}
}
