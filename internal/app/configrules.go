package app

import (
	"context"

	"parley/internal/domain/config"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
)

// rule is a rule of a state as the file says it.
func (in SetupRule) rule() peer.Rule {
	return peer.Rule{State: in.State, Line: in.Line, Code: in.Code, From: in.From, To: in.To, NeedsTier: in.NeedsTier, Citation: in.Citation, Sentence: in.Sentence, Statement: in.Statement, Off: in.Off}
}

func setupRule(r peer.Rule) SetupRule {
	return SetupRule{State: r.State, Line: r.Line, Code: r.Code, From: r.From, To: r.To, NeedsTier: r.NeedsTier, Citation: r.Citation, Sentence: r.Sentence, Statement: r.Statement, Off: r.Off}
}

// ruleSubjects are the rules that the file names, those that are there.
func (c *configurer) ruleSubjects(ctx context.Context, tx *db.Tx) (all []config.Subject, err error) {
	for _, in := range c.Rules {
		had, err := peer.RuleOf(ctx, tx, in.rule())
		if err != nil {
			return nil, err
		}
		if had.ID != "" {
			all = append(all, config.RuleSubject(had.ID))
		}
	}
	return all, nil
}

func (c *configurer) setRules(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Rules {
		if err := peer.SaveRule(ctx, tx, c.by, in.rule()); err != nil {
			return about("match rule "+in.State+" "+in.Code, err)
		}
	}
	return nil
}

func (x *exporter) addRules(ctx context.Context, tx *db.Tx) error {
	all, err := peer.Rules(ctx, tx)
	for _, r := range all {
		x.Rules = append(x.Rules, setupRule(r))
	}
	return err
}
