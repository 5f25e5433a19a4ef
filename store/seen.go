package store

import "echowall"

// doneMark is what stands in seen once a message was handled: its reply, sealed, because the reply names the
// person it goes to and may quote what they wrote.
func (s *Store) doneMark(message string, reply []byte) string {
	return s.vault.sealAfter("D:", string(seenName(message)), reply)
}

// replyOf opens what followed "D:" in a doneMark.
func (s *Store) replyOf(message, sealed string) ([]byte, error) {
	reply, err := s.vault.open(seenName(message), sealed)
	return []byte(reply), err
}

// seenName is what a sealed reply is bound to.
func seenName(message string) echowall.Recipient { return echowall.Recipient("seen " + message) }
