package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"echowall"
)

// The account of the benchmark.
const (
	appID      = "wxbench0000000000"
	appSecret  = "benchsecret00000000000000000000"
	token      = "benchtoken"
	originalID = "gh_bench"
	aesKey     = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	secretKey  = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
)

// wishText is a wish of 120 characters that names an estate of one of the stations.
func wishText(i int) string {
	return fmt.Sprintf("%s%02d号楼三单元门口的路灯已经坏了两个多星期，", estate(i%stationCount), i%30+1) +
		"晚上老人孩子进出都看不清台阶，前天已经有一位邻居在那里崴了脚。我们给物业打过几次电话，" +
		"每次都说已经登记、正在等配件。请帮忙问一问什么时候能修好；如果一时修不好，能不能先装一盏临时灯？谢谢您。"
}

const stationCount = 40

func estate(i int) string { return fmt.Sprintf("永安路第%02d小区", i) }

// stations are as a district has them: each with a few names that residents write.
func stations() []echowall.Station {
	list := make([]echowall.Station, stationCount)
	for i := range list {
		list[i] = echowall.Station{
			ID: echowall.StationID(fmt.Sprintf("s%02d", i)), Name: fmt.Sprintf("第%02d社区联络站", i), Kind: echowall.StationCommunity,
			Aliases: []string{estate(i), fmt.Sprintf("和平里%02d院", i), fmt.Sprintf("新民村%02d组", i)},
		}
	}
	return list
}

// pushes makes the requests numbered from to from+n as the platform writes them in safe mode, head and body,
// with the SDK's cipher and signature. Every one has a message id of its own; people write in turn.
func pushes(host string, from, n, people int) ([][]byte, error) {
	out := make([][]byte, n)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	for i := range out {
		id := from + i
		person := fmt.Sprintf("oBench%022d", id%people)
		xml := fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"+
			"<CreateTime>%s</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[心愿 %s]]></Content><MsgId>%d</MsgId></xml>",
			originalID, person, stamp, wishText(id), 24_000_000_000_000_000+id)
		random := fmt.Sprintf("%016d", id)
		sealed, err := util.EncryptMsg([]byte(random), []byte(xml), appID, aesKey)
		if err != nil {
			return nil, err
		}
		nonce := strconv.Itoa(1_000_000_000 + id)
		body := "<xml><ToUserName><![CDATA[" + originalID + "]]></ToUserName><Encrypt><![CDATA[" + string(sealed) + "]]></Encrypt></xml>"
		out[i] = fmt.Appendf(nil, "POST /wechat?signature=%s&timestamp=%s&nonce=%s&openid=%s&encrypt_type=aes&msg_signature=%s HTTP/1.1\r\n"+
			"Host: %s\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s",
			util.Signature(token, stamp, nonce), stamp, nonce, person, util.Signature(token, stamp, nonce, string(sealed)),
			host, len(body), body)
	}
	return out, nil
}

// openReply decrypts a reply with the SDK's cipher and returns its XML.
func openReply(body string) (string, error) {
	_, rest, ok := strings.Cut(body, "<Encrypt><![CDATA[")
	if !ok {
		_, rest, ok = strings.Cut(body, "<Encrypt>") // the SDK writes it without CDATA
	}
	sealed, _, end := strings.Cut(rest, "<")
	if !ok || (!end && sealed == "") {
		return "", fmt.Errorf("reply is not encrypted: %.60q", body)
	}
	_, clear, err := util.DecryptMsg(appID, strings.TrimSuffix(sealed, "]]>"), aesKey)
	return string(clear), err
}
