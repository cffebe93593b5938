// Package access has the pages on the way in and out: sign-in, the second
// factor, the lock screen, and a person's own account.
package access

import (
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// Register adds the pages of this package to s.
func Register(s *web.Server) {
	for pattern, page := range map[string]web.Page{
		"GET /sign-in":                   showSignIn,
		"POST /sign-in":                  signIn,
		"GET /sign-in/organization":      showThrough,
		"POST /sign-in/organization":     findThrough,
		"GET /reset":                     showForgot,
		"POST /reset":                    forgot,
		"GET /reset/{token}":             showReset,
		"POST /reset/{token}":            resetPassword,
		"GET /invitation/{token}":        showInvitation,
		"POST /invitation/{token}":       join,
		"POST /sign-in/passkey/ask":      askPasskey,
		"POST /sign-in/passkey":          usePasskey,
		"GET /register":                  showRegister,
		"POST /register":                 register,
		"GET /register/you":              showYou,
		"GET /register/find":             findOrganization,
		"GET /register/continue/{token}": continueRegistration,
		"GET /register/unlisted":         showUnlisted,
		"GET /register/sent":             showRegistered,
		"GET /register/{token}":          showConfirm,
		"POST /register/{token}":         confirm,
	} {
		s.Handle(pattern, web.Public, page)
	}
	elsewhere{s.DB, s.Settings}.register(s)
	s.Handle("POST /notices/dismiss", web.Public, web.PutAway)
	s.Handle("POST /language", web.Public, web.Speak)
	for pattern, page := range map[string]web.Page{
		"GET /sign-in/verify":              showVerify,
		"POST /sign-in/verify":             verify,
		"POST /sign-in/code":               sendCode,
		"GET /sign-in/enroll":              showEnroll,
		"POST /sign-in/enroll":             enroll,
		"POST /sign-in/enroll/passkey/ask": offerFirst,
		"POST /sign-in/enroll/passkey":     addFirst,
	} {
		s.Handle(pattern, web.Doorstep, page)
	}
	s.Handle("GET /sign-in/password", web.Renewing, showExpired)
	s.Handle("POST /sign-in/password", web.Renewing, replaceExpired)
	for pattern, page := range map[string]web.Page{
		"POST /sign-out":       signOut,
		"POST /session/extend": extend,
		"GET /locked":          showLocked,
		"POST /locked":         unlock,
	} {
		s.Handle(pattern, web.Lobby, page)
	}
	for pattern, page := range map[string]web.Page{
		"GET /locked/resume":                   showResume,
		"GET /sign-in/recovery-codes":          showCodes,
		"POST /sign-in/recovery-codes":         dropCodes,
		"GET /welcome":                         showWelcome,
		"POST /welcome/remind":                 remindJoining,
		"POST /welcome/number":                 askJoiningCode,
		"POST /welcome/code":                   proveJoining,
		"GET /account":                         showProfile,
		"POST /account":                        editProfile,
		"GET /account/notices":                 showNotices,
		"POST /account/notices":                setNotices,
		"GET /account/security":                showSecurity,
		"POST /account/security/password":      changePassword,
		"GET /account/security/authenticator":  showReplace,
		"POST /account/security/authenticator": replace,
		"POST /account/security/codes":         renewCodes,
		"POST /account/security/sessions":      endSession,
		"POST /account/security/devices":       forgetDevice,
	} {
		s.Handle(pattern, web.SignedIn, page)
	}
	for pattern, page := range passkeyPages {
		s.Handle(pattern, web.SignedIn, page)
	}
}

// faulty is a page that says what is wrong. The transaction commits all the
// same: a wrong password or code counts.
func faulty(title words.Text, body func([]ui.FieldError) templ.Component, err error, fields ...string) (web.Answer, error) {
	errs := web.Errors(err, fields...)
	kind := fault.Of(err).Kind
	return web.Answer{
		Title: title, Body: body(errs), Errors: errs, Bare: true,
		Keep: kind == fault.Invalid || kind == fault.TooMany,
	}, err
}

// said is what stands beside a field.
func said(errs []ui.FieldError, field string) words.Text {
	for _, e := range errs {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

// onward is where somebody wanted to go, or where their work begins.
func onward(by account.Actor, to string) string {
	if to = web.SafeReturn(to); to != "/" {
		return to
	}
	return web.Home(by)
}

// withReturn adds where to go afterwards to a path of ours.
func withReturn(path, to string) string {
	if to = web.SafeReturn(to); to == "/" {
		return path
	}
	return path + "?return=" + url.QueryEscape(to)
}

// withWay is a page of the second step in one of its ways.
func withWay(path, way, to string) string {
	return path + "?" + url.Values{"way": {way}, "return": {web.SafeReturn(to)}}.Encode()
}

func seeOther(to string, cookies ...*http.Cookie) (web.Answer, error) {
	return web.Answer{SeeOther: to, Cookies: cookies}, nil
}

func extend(ctx context.Context, r *web.Request) (web.Answer, error) {
	if r.Visit.State != account.Open {
		return web.Answer{}, fault.New(fault.Denied, "Your session is locked.")
	}
	return web.Answer{Status: http.StatusNoContent}, account.Extend(ctx, r.Tx, r.Visit)
}

func signOut(ctx context.Context, r *web.Request) (web.Answer, error) {
	through, err := account.Through(ctx, r.Tx, r.Visit)
	if err != nil {
		return web.Answer{}, err
	}
	if err := account.SignOut(ctx, r.Tx, r.Visit); err != nil {
		return web.Answer{}, err
	}
	return seeOther(signedOut(through), r.Settings.SessionCookie(""))
}
