package emulator

import "slices"

// AccountType is what kind of official account the platform hosts. It decides
// which APIs answer 48001.
type AccountType string

// The account types. The empty AccountType counts as SV.
const (
	P  AccountType = "P"  // personal subscription account; cannot be verified
	O  AccountType = "O"  // organisation's subscription account, not verified
	V  AccountType = "V"  // verified subscription account
	S0 AccountType = "S0" // service account, not verified
	SV AccountType = "SV" // verified service account
	T  AccountType = "T"  // interface test account
)

// Mode is how pushes are encoded.
type Mode int

// The three modes; Plain is the platform's default.
const (
	Plain  Mode = iota // clear XML
	Compat             // clear XML and ciphertext side by side
	Safe               // ciphertext only
)

// Account is the one official account of a Platform. Empty fields get working
// defaults when the Platform is first used.
type Account struct {
	AppID      string      // default wx0e1c2d3b4a596877
	Secret     string      // default 32 hex digits
	Token      string      // callback token; default emulatortoken
	AESKey     string      // EncodingAESKey, 43 characters; default made of letters and digits
	OriginalID string      // gh_…; default gh_0a1b2c3d4e5f
	Name       string      // shown on phones; default 回音壁
	Type       AccountType // default SV
	Mode       Mode        // default Plain

	// IPWhitelist lists addresses that may fetch tokens; nil means no check.
	IPWhitelist []string
	// OAuthDomain is the domain (host, optional port) OAuth may return to; "" means any.
	OAuthDomain string
	// JSDomain is informative for the phone pages; "" means any.
	JSDomain string
	// Override grants or withdraws single abilities regardless of Type.
	Override map[Ability]bool
}

// Ability is one row of the platform's permission table.
type Ability string

// The rows that differ between account types.
const (
	AbilityLocation        Ability = "location event"
	AbilityKf              Ability = "customer service message"
	AbilityTemplate        Ability = "template message"
	AbilityNotice          Ability = "subscription notice"
	AbilityMass            Ability = "mass message"
	AbilityMassOpenID      Ability = "mass message by openid"
	AbilityDraft           Ability = "draft"
	AbilityPublish         Ability = "freepublish"
	AbilityMaterial        Ability = "permanent material"
	AbilityMedia           Ability = "temporary media"
	AbilityMenu            Ability = "menu"
	AbilityConditionalMenu Ability = "conditional menu"
	AbilityUsers           Ability = "tags and users"
	AbilityOAuth           Ability = "OAuth"
	AbilityQR              Ability = "scene QR"
	AbilityJSSDK           Ability = "JS-SDK"
	AbilityClearQuota      Ability = "clear quota"
)

// granted follows the platform's table. Cells the sources leave open: media
// and material are granted to everyone (personal accounts use them in
// practice), notices and conditional menus only to whom a page names.
var granted = map[Ability][]AccountType{
	AbilityLocation:        {SV, T},
	AbilityKf:              {V, SV, T},
	AbilityTemplate:        {SV, T},
	AbilityNotice:          {SV},
	AbilityMass:            {V, SV},
	AbilityMassOpenID:      {SV},
	AbilityDraft:           {P, O, V, S0, SV},
	AbilityPublish:         {V, SV},
	AbilityMaterial:        {P, O, V, S0, SV, T},
	AbilityMedia:           {P, O, V, S0, SV, T},
	AbilityMenu:            {V, SV, T},
	AbilityConditionalMenu: {V, SV},
	AbilityUsers:           {V, SV, T},
	AbilityOAuth:           {SV, T},
	AbilityQR:              {SV, T},
	AbilityJSSDK:           {P, O, V, S0, SV, T},
	AbilityClearQuota:      {V, SV},
}

// Can reports whether the account has the ability. The empty ability is
// everybody's.
func (a Account) Can(ability Ability) bool {
	if ability == "" {
		return true
	}
	if yes, ok := a.Override[ability]; ok {
		return yes
	}
	return slices.Contains(granted[ability], a.kind())
}

func (a Account) kind() AccountType {
	if a.Type == "" {
		return SV
	}
	return a.Type
}

// subscription reports whether the account is of the subscription kind.
func (a Account) subscription() bool {
	switch a.kind() {
	case P, O, V:
		return true
	}
	return false
}

func (a *Account) setDefaults() {
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	set(&a.AppID, "wx0e1c2d3b4a596877")
	set(&a.Secret, "5ec2e7a1b0c9d8e7f6a5b4c3d2e1f009")
	set(&a.Token, "emulatortoken")
	set(&a.AESKey, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
	set(&a.OriginalID, "gh_0a1b2c3d4e5f")
	set(&a.Name, "回音壁")
	if a.Type == "" {
		a.Type = SV
	}
}
