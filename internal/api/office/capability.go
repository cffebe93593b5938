package office

// capabilities is the CapabilityStatement: what the API takes, and nothing
// that it doesn't.
func (a *API) capabilities() any {
	type m = map[string]any
	search := func(names ...string) (all []m) {
		kinds := map[string]string{"schedule": "reference", "start": "date", "identifier": "token", "status": "token", "based-on": "reference"}
		for _, n := range names {
			all = append(all, m{"name": n, "type": kinds[n]})
		}
		return all
	}
	reads := []m{{"code": "read"}, {"code": "search-type"}}
	operation := func(name string) m {
		return m{"name": name, "definition": a.URL() + "/fhir/OperationDefinition/Appointment-" + name}
	}
	return m{
		"resourceType": "CapabilityStatement", "status": "active", "date": "2026-11-22", "kind": "instance", "fhirVersion": "4.0.1", "format": []string{"json"},
		"software":       m{"name": a.Name, "version": a.Version},
		"implementation": m{"description": "Peer-to-peer calls, and what reviewers ask for", "url": a.URL() + "/fhir"},
		"rest": []m{{
			"mode": "server", "security": m{"description": "A key as Authorization: Bearer, made by `parley user key`."},
			"resource": []m{
				{"type": "Schedule", "interaction": reads, "searchParam": search("identifier")},
				{"type": "Slot", "interaction": reads, "searchParam": search("schedule", "start")},
				{"type": "Task", "interaction": reads, "searchParam": search("status", "identifier")},
				{"type": "CommunicationRequest", "interaction": []m{{"code": "read"}}},
				{"type": "Communication", "interaction": reads, "searchParam": search("based-on")},
				{"type": "Appointment", "interaction": reads, "searchParam": search("status"), "operation": []m{operation("hold"), operation("book"), operation("cancel")}},
			},
		}},
	}
}
