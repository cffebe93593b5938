package review

import (
	"context"

	"parley/internal/domain/survey"
	"parley/internal/web"
)

// showComments is what offices wrote in surveys in their own words. It can hold
// a patient's data.
func showComments(ctx context.Context, r *web.Request) (web.Answer, error) {
	all, err := survey.Comments(ctx, r.Tx, r.By)
	return web.Answer{Title: "What offices wrote in surveys", Body: commentsView(all)}, err
}
