// Package account is about the people who use Parley: who they are, what they
// may do and for whom, and how they prove it. Each person has one account of
// their own; accounts are never shared, because the audit names a person.
package account
