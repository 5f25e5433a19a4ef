// Package script plays conversations that are written as text files: who says what, what the bot answers,
// what the clock does. It is for tests only. Several stages play the same files: the chat by itself, and the
// whole service with the emulated platform.
//
// Read first the format below, then stage.go for what a stage has to do. The files are in handlers/testdata.
//
//	# comment
//	account subscription             first line only: the account may not write by itself (default: service)
//	clock 2026-11-23T07:40           the clock moves there; what the clock table holds on the way happens
//	code 联络员 zhuyuan               a one-time code for that role; later lines write it as $CODE
//	slip P01                         a one-time code for that line of the roster; see Roster
//	居民王: 心愿                       somebody types; $DIGITS is the four digits of the newest preview shown to them,
//	                                 $TOLD those that anybody was shown last to tell somebody else
//	居民王 photo lamp.jpg             or: voice · location 30.1 120.2 竹园东门 · click 心愿 · scan CODE · follow · unfollow
//	居民王 again                      the platform delivers that person's last act once more
//	居民王 shows                      look at a phone again without doing anything
//	  > 请用一两句话                   must be in what that phone shows since its owner last did something
//	  ! 系统                          must not be there
//
// Every conversation begins at Start. A person who appears for the first time follows the account, unless the
// line says follow, and has the roles that the beginning of the name says; see Grants. A photo named
// gone.jpg cannot be downloaded, broken.jpg is no picture.
package script
