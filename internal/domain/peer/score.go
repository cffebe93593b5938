package peer

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/account"
)

// A candidate is a reviewer who could take a call, with what ranks them. Of
// those who are free, one of a better tier goes first; within a tier, in this
// order:
//
//   - who has the call already, or holds the time (continuity);
//   - who is trained for fewer programs. A program's calls can go only to
//     those trained for it, so who knows many is the rarer good: kept free,
//     they can still take what the others can't (scarcity);
//   - who is due by their share of the calls (see share);
//   - who has a call right beside this time, so that longer gaps stay whole;
//   - a hash of order and reviewer, which is a lot that always falls alike.
type candidate struct {
	id       account.PersonID
	name     string
	zone     *time.Location
	daily    int
	weekly   int // most calls in a week, 0 for no limit
	gap      int // minutes free around each call
	weight   int
	since    *time.Time // they take calls
	programs int
	tier     int
	had      int // 0 who holds the time, 1 who has the call, 2 anybody else
	share    share
	packed   bool
	hash     uint32
}

// A share is how many calls somebody has against what is theirs. The next one
// goes to whoever is due first of those who are not ahead: the rule by which
// each stays within one call of their part, whatever the weights (earliest
// deadline first over windows; Baruah et al., "Proportionate Progress", 1996).
type share struct {
	calls int  // in the horizon and the 30 days before, with those missed while away
	ahead bool // has had their part already
	due   int  // by which call of all the next should be theirs
}

const fairDays = 30 * 24 * time.Hour

// candidates are who is free at s, the best tier first and within it by
// number; not ranked yet.
func (f Offer) candidates(s Slot) []candidate {
	if s.Minutes != f.query.Minutes || f.isNow(s.Start) {
		return nil
	}
	var all []candidate
	for _, found := range f.index.Candidates(f.query, s.Start) {
		c := f.reviewers[found.Reviewer]
		c.tier, c.had, c.packed = found.Tier, 2, f.beside(c, s)
		all = append(all, c)
	}
	return all
}

// beside reports whether c has a call that ends where s begins, or begins
// where it ends, but for the minutes they keep free.
func (f Offer) beside(c candidate, s Slot) bool {
	gap := time.Duration(c.gap) * time.Minute
	return slices.ContainsFunc(f.work.callsOf(c.id), func(k kept) bool {
		return k.live && (within15(s.Start.Sub(k.End.Add(gap))) || within15(k.Start.Sub(s.End().Add(gap))))
	})
}

// within15 reports whether less than a quarter hour lies between, in which
// nothing else could start.
func within15(d time.Duration) bool { return d >= 0 && d < 15*time.Minute }

// ranked are the candidates for s, the best first. had names who holds the
// time and who has the call, if somebody does.
func (f Offer) ranked(s Slot, had ...account.PersonID) []candidate {
	all := f.candidates(s)
	if len(all) == 0 {
		return nil
	}
	pool := f.fit()
	shares := sharesOf(pool, f.counts(pool))
	for i := range all {
		all[i].share = shares[all[i].id]
		if at := slices.Index(had, all[i].id); at >= 0 {
			all[i].had = at
		}
	}
	slices.SortStableFunc(all, better)
	return all
}

// fit are all who fit the order, free or not: whose calls are compared.
func (f Offer) fit() (all []candidate) {
	for i, r := range f.all {
		if f.needs.fits(r) {
			all = append(all, f.reviewers[i])
		}
	}
	return all
}

func better(a, b candidate) int {
	return cmp.Or(a.tier-b.tier, a.had-b.had, a.programs-b.programs, no(a.share.ahead)-no(b.share.ahead), a.share.due-b.share.due,
		no(!a.packed)-no(!b.packed), cmp.Compare(a.hash, b.hash), cmp.Compare(a.id, b.id))
}

func no(b bool) int {
	if b {
		return 1
	}
	return 0
}

// counts are the calls of each, and those that others got while one could not
// have got any.
type counts struct {
	own    map[account.PersonID]int
	missed map[account.PersonID]map[account.PersonID]int // of whom, by who got them
}

// sharesOf ranks people among those of the same tier and as many programs,
// with whom alone they compete. Who joined or came back counts as having had
// their part of what was booked without them, so that calls don't flood them.
func sharesOf(pool []candidate, n counts) map[account.PersonID]share {
	type group struct{ tier, programs int }
	groups := map[group][]candidate{}
	for _, c := range pool {
		k := group{c.tier, c.programs}
		groups[k] = append(groups[k], c)
	}
	shares := map[account.PersonID]share{}
	for _, g := range groups {
		weights, total := 0, 0
		for _, c := range g {
			weights += c.weight
		}
		for _, c := range g {
			missed := 0
			for _, other := range g {
				missed += n.missed[c.id][other.id]
			}
			s := share{calls: n.own[c.id]}
			if others := weights - c.weight; others > 0 {
				s.calls += missed * c.weight / others
			}
			shares[c.id] = s
			total += s.calls
		}
		for _, c := range g {
			s := shares[c.id]
			s.ahead = s.calls*weights/c.weight > total
			s.due = ((s.calls+1)*weights + c.weight - 1) / c.weight
			shares[c.id] = s
		}
	}
	return shares
}

// counts are the calls of the last 30 days and of the horizon, whatever came
// of them but for the canceled ones, and the holds that stand.
func (f Offer) counts(pool []candidate) counts {
	n := counts{own: map[account.PersonID]int{}, missed: map[account.PersonID]map[account.PersonID]int{}}
	month := Span{f.now.Add(-fairDays), f.needs.end()}
	var first time.Time // that a call was booked
	for _, c := range pool {
		b := f.work.diaries[c.id]
		n.own[c.id] = len(f.work.holdsOf(c.id)) + f.planned[c.id] + f.got(c.id, month)
		if b != nil && !b.first.IsZero() && (first.IsZero() || b.first.Before(first)) {
			first = b.first
		}
	}
	for _, c := range pool {
		off := slices.DeleteFunc(slices.Clone(f.work.off[c.id]), func(off Span) bool { return !off.End.After(month.Start) || !off.Start.Before(month.End) })
		joined := c.since != nil && c.since.After(month.Start) && c.since.After(first) && !first.IsZero()
		if len(off) > 0 || joined {
			n.missed[c.id] = f.missed(c, pool, month, off, joined)
		}
	}
	return n
}

// got is how many calls start in a span with somebody, without the one that is
// moved.
func (f Offer) got(who account.PersonID, in Span) int {
	all := f.work.diaries[who].between(in.Start, in.End)
	if f.moving != nil && f.moving.ReviewerID == who && slices.ContainsFunc(all, f.moves) {
		return len(all) - 1
	}
	return len(all)
}

// moves reports whether a call is the one that is moved.
func (f Offer) moves(e entry) bool { return f.moving != nil && e.id == string(f.moving.ID) }

// missed counts, by who got them, the calls that c could not have got: those
// that begin while c is off, and those that were booked before c joined.
func (f Offer) missed(c candidate, pool []candidate, month Span, off []Span, joined bool) map[account.PersonID]int {
	n := map[account.PersonID]int{}
	for _, other := range pool {
		if other.id == c.id {
			continue
		}
		for _, s := range off {
			n[other.id] += f.got(other.id, Span{later(s.Start, month.Start), earlier(s.End, month.End)})
		}
		if joined {
			for _, e := range f.work.diaries[other.id].between(month.Start, month.End) {
				n[other.id] += no(e.created.Before(*c.since) && !f.moves(e))
			}
		}
	}
	return n
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// A Matching is how the reviewer of a call was found, stored with it.
type Matching struct {
	Specialty  string   // that the order needs, "" for none in particular
	State      string   // of the office
	Rule       string   // of law that asked for a match
	Fit        int      // reviewers who fit the order
	Free       int      // of them, at this time
	Why        string   // a sentence
	Candidates []Scored // the first of those who were free, the best first
}

// A Scored candidate is one as they were ranked. What is false or zero is not
// stored, so that most rows stay small enough to be kept whole.
type Scored struct {
	ID       account.PersonID
	Name     string
	Tier     int
	Had      bool `json:",omitempty"` // the call, or held the time
	Programs int
	Calls    int `json:",omitempty"` // in the horizon and the 30 days before
	Weight   int
	Due      int  // by which call of all the next should be theirs
	Ahead    bool `json:",omitempty"`
	Packed   bool `json:",omitempty"` // has a call right beside this one
	Won      bool `json:",omitempty"`
}

const mostScored = 10

// matching is the record of a choice.
func (f Offer) matching(all []candidate, won candidate) Matching {
	m := Matching{Specialty: f.needs[0].specialty, State: f.needs[0].state, Fit: len(f.fit()), Free: len(all), Why: why(all, won)}
	for i, r := range f.Rules {
		if i > 0 {
			m.Rule += ", "
		}
		m.Rule += r.Citation
	}
	for i, c := range all {
		if i < mostScored || c.id == won.id {
			m.Candidates = append(m.Candidates, Scored{ID: c.id, Name: c.name, Tier: c.tier, Had: c.had < 2, Programs: c.programs, Calls: c.share.calls,
				Weight: c.weight, Due: c.share.due, Ahead: c.share.ahead, Packed: c.packed, Won: c.id == won.id})
		}
	}
	return m
}

// why says what set the winner apart from the next.
func why(all []candidate, won candidate) string {
	i := slices.IndexFunc(all, func(c candidate) bool { return c.id == won.id })
	switch {
	case len(all) == 1:
		return won.name + " was the only one free at this time."
	case i > 0:
		return won.name + " was next: those before were taken in the same moment."
	}
	next := all[1]
	reason := "the lot fell on " + won.name + " of those who were equal."
	switch {
	case won.tier != next.tier:
		reason = won.name + " is the closest match."
	case won.had != next.had && won.had == 0:
		reason = "the time was held with " + won.name + "."
	case won.had != next.had:
		reason = won.name + " had the call before."
	case won.programs != next.programs:
		reason = won.name + " is trained for fewer programs, so that others stay free for calls only they can take."
	case won.share.ahead != next.share.ahead || won.share.due != next.share.due:
		reason = won.name + " was due by share of calls."
	case won.packed != next.packed:
		reason = won.name + " has a call right beside this one."
	}
	return strconv.Itoa(len(all)) + " were free at this time; " + reason
}

func (m Matching) text() (string, error) {
	b, err := json.Marshal(m)
	return string(b), err
}

// Match is how the reviewer of c was found. ok is false where that wasn't
// recorded.
func (c Call) Match() (m Matching, ok bool) {
	return m, c.Matching != "" && json.Unmarshal([]byte(c.Matching), &m) == nil
}
