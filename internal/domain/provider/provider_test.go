package provider

import "testing"

func TestValidNPI(t *testing.T) {
	for npi, want := range map[string]bool{
		"1234567893": true, // the example of CMS's own description of the check digit
		"1234567890": false, "8189991234": false, "123456789": false, "12345678931": false, "12345a7893": false, "": false,
	} {
		if ValidNPI(npi) != want {
			t.Errorf("ValidNPI(%q) = %v", npi, !want)
		}
	}
}
