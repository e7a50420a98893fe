package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"

	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"
)

// refused is an error that is a finished sentence.
type refused struct{ text string }

func (e *refused) Error() string { return e.text }

func refusal(format string, values ...any) error {
	return &refused{fmt.Sprintf(format, values...)}
}

// sentence says what is wrong and what helps.
func sentence(chart Chart, err error) string {
	var known *refused
	if errors.As(err, &known) {
		return known.text
	}
	where := withoutUser(chart.URL)
	if status := statusOf(err); status != 0 {
		return statusSentence(chart, where, status)
	}
	var unreachable *url.Error
	if errors.As(err, &unreachable) {
		return fmt.Sprintf("%s cannot be reached: %s.", hostOf(unreachable.URL), cause(unreachable))
	}
	return fmt.Sprintf("%s %s could not be fetched from %s: %s.", chart.Name, asked(chart), where, reason(err))
}

func statusSentence(chart Chart, where string, status int) string {
	name := fmt.Sprintf("%d %s", status, http.StatusText(status))
	oci := strings.HasPrefix(chart.URL, "oci://")
	switch {
	case (status == http.StatusUnauthorized || status == http.StatusForbidden) && oci:
		return fmt.Sprintf("%s refuses (%s): sign in with `helm registry login %s`.", where, name, hostOf(chart.URL))
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Sprintf("%s refuses (%s): sign in with `helm repo add NAME %s --username … --password-stdin`.", where, name, where)
	case status == http.StatusNotFound && oci:
		return fmt.Sprintf("%s has no version %s of chart %s.", where, asked(chart), chart.Name)
	case status == http.StatusNotFound:
		return fmt.Sprintf("%s has no chart repository, or not the archive that its index names (%s).", where, name)
	}
	return fmt.Sprintf("%s answers %s.", where, name)
}

var httpStatus = regexp.MustCompile(`^failed to fetch \S+ : (\d{3}) `)

// statusOf is the HTTP status that an error carries; 0 where it carries none.
func statusOf(err error) int {
	var answer *errcode.ErrorResponse
	if errors.As(err, &answer) {
		return answer.StatusCode
	}
	if errors.Is(err, errdef.ErrNotFound) {
		return http.StatusNotFound
	}
	if errors.Is(err, auth.ErrBasicCredentialNotFound) {
		return http.StatusUnauthorized
	}
	if match := httpStatus.FindStringSubmatch(err.Error()); match != nil {
		var status int
		fmt.Sscan(match[1], &status)
		return status
	}
	return 0
}

func cause(err *url.Error) string {
	var name *net.DNSError
	switch {
	case err.Timeout(), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "it does not answer in time"
	case errors.As(err, &name) && name.IsNotFound:
		return "there is no such host"
	}
	return reason(err.Err)
}

func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return "the host"
	}
	return parsed.Host
}

// reason is an error's text as part of a sentence: one line.
func reason(err error) string {
	return strings.TrimRight(strings.Join(strings.Fields(err.Error()), " "), ".")
}
