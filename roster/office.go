package roster

import (
	"bytes"
	"context"
	"time"

	"echowall"
)

// UploadKept is how long a workbook waits between the dry run and the word to apply it.
const UploadKept = 30 * time.Minute

// Uploads keeps a workbook, sealed, between its dry run and its application. KindNotFound once it is gone.
type Uploads interface {
	PutUpload(ctx context.Context, p echowall.PersonID, data []byte, kept time.Duration) (token string, err error)
	Upload(ctx context.Context, p echowall.PersonID, token string) ([]byte, error)
	DropUpload(ctx context.Context, p echowall.PersonID, token string) error
}

// Office is where workbooks come in and go out, for whoever may do that.
type Office struct {
	Store   echowall.RosterStore
	Guard   *echowall.Guard
	Access  echowall.AccessStore
	Uploads Uploads
	Say     Say
	Today   func() echowall.Date
}

// Try is the dry run: it says what would become of every row and keeps the workbook for Plan and Apply. Nothing
// changes.
func (o *Office) Try(ctx context.Context, who *echowall.Who, data []byte) (token string, plan *Plan, err error) {
	if _, err = o.Guard.Allow(ctx, who, echowall.ActionRosterImport, echowall.Target{}); err != nil {
		return "", nil, err
	}
	if plan, err = o.plan(ctx, data); err != nil {
		return "", nil, err
	}
	token, err = o.Uploads.PutUpload(ctx, who.Person, data, UploadKept)
	return token, plan, err
}

// Plan is the dry run of a workbook that waits, once more against the roster as it stands now.
func (o *Office) Plan(ctx context.Context, who *echowall.Who, token string) (*Plan, error) {
	if _, err := o.Guard.Allow(ctx, who, echowall.ActionRosterImport, echowall.Target{}); err != nil {
		return nil, err
	}
	data, err := o.Uploads.Upload(ctx, who.Person, token)
	if echowall.KindOf(err) == echowall.KindNotFound {
		return nil, refuse("roster.upload_gone")
	}
	if err != nil {
		return nil, err
	}
	return o.plan(ctx, data)
}

// Apply puts a workbook that was tried into the roster, all of it or nothing. KindConflict when the roster has
// changed since revision base, for which the person saw the dry run: the caller shows it anew.
func (o *Office) Apply(ctx context.Context, who *echowall.Who, token string, base int64) (*Plan, error) {
	as, err := o.Guard.Allow(ctx, who, echowall.ActionRosterImport, echowall.Target{})
	if err != nil {
		return nil, err
	}
	plan, err := o.Plan(ctx, who, token)
	if err != nil {
		return nil, err
	}
	if plan.Base != base {
		return plan, &echowall.Error{Kind: echowall.KindConflict, Key: "roster.moved_on"}
	}
	// On record before it happens: an import that nobody recorded must not be possible.
	if err := o.record(ctx, who, as, echowall.AccessRoles, "import"); err != nil {
		return nil, err
	}
	if err := plan.Apply(ctx, o.Store); err != nil {
		return plan, err
	}
	return plan, o.Uploads.DropUpload(ctx, who.Person, token)
}

// Export writes the roster in use as a workbook, for whoever may take it out.
func (o *Office) Export(ctx context.Context, who *echowall.Who) ([]byte, error) {
	as, err := o.Guard.Allow(ctx, who, echowall.ActionRosterExport, echowall.Target{})
	if err != nil {
		return nil, err
	}
	if err := o.record(ctx, who, as, echowall.AccessExport, "roster"); err != nil {
		return nil, err
	}
	d, err := o.Store.Directory(ctx)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = WriteRoster(&b, d.Roster, o.Say)
	return b.Bytes(), err
}

func (o *Office) plan(ctx context.Context, data []byte) (*Plan, error) {
	w, err := Read(ctx, bytes.NewReader(data), int64(len(data)), o.Today())
	if err != nil {
		return nil, err
	}
	d, err := o.Store.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return w.Plan(d), nil
}

func (o *Office) record(ctx context.Context, who *echowall.Who, as echowall.Grant, kind echowall.AccessKind, what string) error {
	return o.Access.AppendAccess(ctx, echowall.AccessEntry{
		Kind: kind, By: who.Person, Roster: who.Roster, Role: as.Role, Scope: as.Scope, Case: "roster", Why: what,
	})
}
