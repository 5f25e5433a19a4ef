package wechat

import (
	"fmt"
	"strings"
)

// AccountType is the kind of official account as the platform rates it. What an account may call depends
// on nothing else that can be known before calling.
type AccountType string

// The account types, named as in the platform's permission table.
const (
	AccountPersonal             AccountType = "P"  // personal subscription account (个人订阅号); cannot be verified
	AccountSubscription         AccountType = "O"  // organisation's subscription account (订阅号), not verified
	AccountSubscriptionVerified AccountType = "V"  // verified subscription account (已认证订阅号)
	AccountService              AccountType = "S0" // service account (服务号), not verified
	AccountServiceVerified      AccountType = "SV" // verified service account (已认证服务号)
	AccountTest                 AccountType = "T"  // test account (接口测试号)
)

// accountNames are the words of the configuration for each type.
var accountNames = map[string]AccountType{
	"personal":              AccountPersonal,
	"subscription":          AccountSubscription,
	"subscription+verified": AccountSubscriptionVerified,
	"service":               AccountService,
	"service+verified":      AccountServiceVerified,
	"test":                  AccountTest,
}

// ParseAccountType reads the configuration's word for an account type: personal, subscription, service or
// test, the middle two optionally followed by "+verified". The short names P, O, V, S0, SV, T work too.
func ParseAccountType(s string) (AccountType, error) {
	word := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "")
	if t, ok := accountNames[word]; ok {
		return t, nil
	}
	if t := AccountType(strings.ToUpper(word)); t.known() {
		return t, nil
	}
	return "", fmt.Errorf("account type %q is unknown; write personal, subscription, subscription+verified, service, service+verified or test", s)
}

func (t AccountType) known() bool {
	for _, k := range accountNames {
		if k == t {
			return true
		}
	}
	return false
}

// Service reports whether the account is a service account: its mass quota counts by the month.
func (t AccountType) Service() bool { return t == AccountService || t == AccountServiceVerified }

// Feature is something an account may or may not be allowed to do.
type Feature string

// The features that calls of this package need.
const (
	FeatureKF             Feature = "customer-service messages"
	FeatureTemplate       Feature = "template messages"
	FeatureNotice         Feature = "subscription notices"
	FeatureMass           Feature = "mass messages"
	FeatureMassOpenIDs    Feature = "mass messages by list"
	FeatureDraft          Feature = "drafts"
	FeaturePublish        Feature = "publishing"
	FeaturePermanentMedia Feature = "permanent media"
	FeatureTempMedia      Feature = "temporary media"
	FeatureMenu           Feature = "menu by API"
	FeatureUsers          Feature = "tags and followers"
	FeatureOAuth          Feature = "web login"
	FeatureQR             Feature = "scene codes"
	FeatureJSSDK          Feature = "page signature"
	FeatureClearQuota     Feature = "quota reset"
	FeatureLocation       Feature = "location events"
)

// capabilities lists who may use a feature. Where the sources disagree the account may try: the platform's
// own 48001 is then the answer. Subscription notices are offered to service accounts alone, because the
// subscription accounts' right to them is not documented.
var capabilities = map[Feature][]AccountType{
	FeatureKF:          {AccountSubscriptionVerified, AccountServiceVerified, AccountTest},
	FeatureTemplate:    {AccountServiceVerified, AccountTest},
	FeatureNotice:      {AccountServiceVerified, AccountTest},
	FeatureMass:        {AccountSubscriptionVerified, AccountServiceVerified},
	FeatureMassOpenIDs: {AccountServiceVerified},
	FeatureDraft: {AccountPersonal, AccountSubscription, AccountSubscriptionVerified, AccountService,
		AccountServiceVerified, AccountTest},
	FeaturePublish: {AccountSubscriptionVerified, AccountServiceVerified},
	FeaturePermanentMedia: {AccountPersonal, AccountSubscription, AccountSubscriptionVerified, AccountService,
		AccountServiceVerified, AccountTest},
	FeatureTempMedia: {AccountPersonal, AccountSubscription, AccountSubscriptionVerified, AccountService,
		AccountServiceVerified, AccountTest},
	FeatureMenu:  {AccountSubscriptionVerified, AccountService, AccountServiceVerified, AccountTest},
	FeatureUsers: {AccountSubscriptionVerified, AccountServiceVerified, AccountTest},
	FeatureOAuth: {AccountServiceVerified, AccountTest},
	FeatureQR:    {AccountServiceVerified, AccountTest},
	FeatureJSSDK: {AccountPersonal, AccountSubscription, AccountSubscriptionVerified, AccountService,
		AccountServiceVerified, AccountTest},
	FeatureClearQuota: {AccountSubscriptionVerified, AccountServiceVerified},
	FeatureLocation:   {AccountServiceVerified, AccountTest},
}

// Can reports whether accounts of type t may use f.
func (t AccountType) Can(f Feature) bool {
	for _, allowed := range capabilities[f] {
		if allowed == t {
			return true
		}
	}
	return false
}
