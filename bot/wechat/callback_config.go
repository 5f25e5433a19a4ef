package wechat

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"echowall"
)

// prepare checks the configuration and makes the ciphers, once.
func (c *Callback) prepare() error {
	c.once.Do(func() {
		if c.Now == nil {
			c.Now = time.Now
		}
		if err := errors.Join(c.checkNames(), c.makeKeys()); err != nil {
			c.fault = echowall.Errorf(echowall.KindInvalid, "callback configuration: %w", err)
		}
	})
	return c.fault
}

func (c *Callback) checkNames() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.AppID == "" {
		fault("ECHOWALL_WECHAT_APP_ID is empty; copy the AppID (wx…) from the platform")
	}
	if n := len(c.Token); n < 3 || n > 32 || !alphanumeric(c.Token) {
		fault("ECHOWALL_WECHAT_TOKEN must be the 3 to 32 letters and digits entered as Token in the push configuration")
	}
	if c.OriginalID != "" && !strings.HasPrefix(c.OriginalID, "gh_") {
		fault("ECHOWALL_WECHAT_ORIGINAL_ID must begin with gh_; copy the original id (原始ID) from the account settings")
	}
	if c.Mode < ModePlain || c.Mode > ModeSafe {
		fault("ECHOWALL_WECHAT_MODE must be plain, compat or safe, as chosen in the push configuration")
	}
	if c.Receiver == nil {
		fault("no receiver: the callback has nobody to hand messages to")
	}
	return errors.Join(faults...)
}

func (c *Callback) makeKeys() error {
	if c.AESKey == "" && c.Mode.encrypted() {
		return fmt.Errorf("ECHOWALL_WECHAT_AES_KEY is empty; %s mode needs the EncodingAESKey of the push configuration", c.Mode)
	}
	var faults []error
	for _, k := range []struct{ name, value string }{
		{"ECHOWALL_WECHAT_AES_KEY", c.AESKey},
		{"ECHOWALL_WECHAT_PREVIOUS_AES_KEY", c.PreviousAESKey},
	} {
		if k.value == "" {
			continue
		}
		key, err := newMsgCipher(k.value, c.AppID)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s %w", k.name, err))
			continue
		}
		if c.Mode.encrypted() {
			c.keys = append(c.keys, key)
		}
	}
	return errors.Join(faults...)
}

func alphanumeric(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
