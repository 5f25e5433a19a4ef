package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"echowall"
	"echowall/store"
)

func TestPhoneDataAndCopies(t *testing.T) {
	p := newPhones(t)
	photo := p.photo(64, 48)
	number := p.submit(secretWords+"路灯坏了", photo)
	p.accept(number)
	p.answer(number, echowall.OutcomeSolved, "路灯已经修好，今晚亮灯。")
	p.must(p.store.AppendAccess(t.Context(), echowall.AccessEntry{At: monday, Kind: echowall.AccessContact, By: "p-officer-0000001",
		Role: echowall.RoleLiaison, Scope: "c1", Subject: echowall.Recipient(author), Case: number, Why: "约时间看现场"}))
	_, err := p.wishes.SetContact(t.Context(), author, "13900001234", true)
	p.must(err)
	p.must(p.store.UpdateStudy(t.Context(), visitors["wang"].Self.Person, func(r *echowall.StudyRecord) error {
		r.Days = map[string]echowall.StudyDay{"2026-11-23": {Lesson: "ew-001", Letters: "B"}}
		return nil
	}))
	j := p.login("li")
	page := p.open(j, "/m/data").text()
	contains(t, page, "心愿 1 条", number, "照片和语音 1 条", "例如：…1234", "竹园社区联络站联络员：看了联系电话", "理由：约时间看现场", "编号 "+number)
	lacks(t, page, "13900001234", "p-officer", "学习记录")

	wishes := p.open(j, "/m/data/wishes.json")
	if wishes.Header.Get("Content-Disposition") == "" || wishes.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", wishes.Header)
	}
	var own echowall.OwnWishes
	p.must(json.Unmarshal([]byte(wishes.body), &own))
	if len(own.Wishes) != 1 || own.Wishes[0].Text != secretWords+"路灯坏了" || own.Wishes[0].Answer == nil || own.Contact == nil ||
		own.Contact.Phone != "13900001234" || len(own.Looks) != 2 || len(own.Wishes[0].History) != 3 || len(own.Wishes[0].Files) != 1 {
		t.Errorf("%s", wishes.body)
	}
	lacks(t, wishes.body, "p-officer", "p-the-author", string(author))
	if a := p.get(own.Wishes[0].Files[0]); a.StatusCode != http.StatusOK {
		t.Errorf("the file of the copy opens with %d", a.StatusCode)
	}
	// The two copies never meet.
	person := p.open(j, "/m/data/person.json")
	var rest echowall.OwnPerson
	p.must(json.Unmarshal([]byte(person.body), &rest))
	if len(rest.Sessions) != 1 {
		t.Errorf("%s", person.body)
	}
	lacks(t, person.body, number, secretWords, string(author), "13900001234")

	m := p.login("wang")
	contains(t, p.open(m, "/m/data").text(), "学习记录 1 条", "身份")
	p.must(json.Unmarshal([]byte(p.open(m, "/m/data/person.json").body), &rest))
	if rest.Study.Days["2026-11-23"].Letters != "B" || rest.Line == nil || rest.Line.Name != "王敏" || len(rest.Roles) != 1 {
		t.Errorf("%+v", rest)
	}
	// Taking a copy is on record.
	contains(t, p.open(j, "/m/data").text(), "您本人：取走了一份数据", "自己的副本")
	log, err := p.store.AccessLog(t.Context(), 0, 10)
	p.must(err)
	for _, e := range log {
		if e.By != "" && strings.HasPrefix(string(e.Subject), "a") && e.Kind == echowall.AccessExport {
			t.Errorf("the log joins the two ids of a person: %+v", e)
		}
	}
}

func TestPhoneErase(t *testing.T) {
	p := newPhones(t)
	open, closed := p.submit(secretWords+"路灯坏了", p.photo(64, 48)), p.submit(secretWords+"垃圾没有人收")
	p.accept(closed)
	p.answer(closed, echowall.OutcomeSolved, secretWords+"，垃圾已经清走了。")
	p.publish(closed, "垃圾没有人收")
	p.rateBy(closed, echowall.RatingGood)
	j := p.login("li")
	page := p.open(j, "/m/erase")
	contains(t, page.text(), "2 件心愿的原话", "1 件还在办", "依法要留下", "不会再给您发消息", "第五十一、五十四条")
	lacks(t, page.text(), "绑定")
	unsure := p.send(j, "/m/erase")
	if unsure.StatusCode != http.StatusBadRequest || !strings.Contains(unsure.text(), "还没有删除") {
		t.Errorf("%d\n%s", unsure.StatusCode, unsure.text())
	}
	if w, err := p.store.Wish(t.Context(), open); err != nil || w.Erased() {
		t.Fatal("erased without being sure")
	}
	session := j["phone"]
	done := p.send(j, "/m/erase", "sure", "1")
	if done.StatusCode != http.StatusOK || j["phone"] != "" || p.inside(jar{"phone": session}) {
		t.Errorf("%d, still inside: %v", done.StatusCode, p.inside(jar{"phone": session}))
	}
	contains(t, done.text(), "已经删除")
	for n, state := range map[string]echowall.WishState{open: echowall.WishWithdrawn, closed: echowall.WishClosed} {
		w, err := p.store.Wish(t.Context(), n)
		p.must(err)
		if w.State != state || !w.Erased() || w.Text != "" {
			t.Errorf("%+v", w)
		}
		if a := p.get(p.signer.WishURL(n, author)); a.StatusCode != http.StatusForbidden {
			t.Errorf("the old link opens %s with %d", n, a.StatusCode)
		}
	}
	if a := p.get("/wall/" + closed); a.StatusCode != http.StatusNotFound {
		t.Errorf("it is still on the wall: %d", a.StatusCode)
	}
	var all bytes.Buffer
	p.must(p.store.Export(t.Context(), &all, store.ExportOptions{}))
	lacks(t, all.String(), secretWords, string(author)+`"`+`,"station`)

	// A member is told that the work goes too.
	m := p.login("wang")
	contains(t, p.open(m, "/m/erase").text(), "您的绑定和工作身份", "花名册上的名字")
	p.send(m, "/m/erase", "sure", "1")
	if who, err := p.store.Person(t.Context(), visitors["wang"].Self.Person); err != nil || who.Roster != "" || len(who.Grants) > 0 {
		t.Errorf("%+v, %v", who, err)
	}
}
