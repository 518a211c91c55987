/** `earshot --help`. */

export const helpText = `earshot: chat with everyone on your network

  earshot [run]                  start and open the window
    --name NAME                  what others call you
    --guest                      keep nothing (this is the default)
    --profile NAME               keep your identity, name and keys under this name, encrypted
    --passphrase-file FILE       its first line opens the profile, or becomes the passphrase of a new one;
                                 or set EARSHOT_PASSPHRASE, or be asked at the terminal
    --data-dir DIR               keep the files there; with --guest only while it runs
    --network NAME               talk to those on the network of this name only
    --network-key KEY            … and with this key, which other users of this computer can then see
    --network-key-file FILE      … with the key on its first line; or set EARSHOT_NETWORK_KEY
    --interface NAME|ADDRESS     use this network interface only (repeatable)
    --port N                     the port for others (47474, or the next free one of ten)
    --ui-port N                  the port for the window, on this computer only
    --connect HOST[:PORT]        also look there (repeatable)
    --no-mdns                    do not look for others by multicast
    --headless                   no window;  --json: one event a line
    --no-open                    without the desktop window, print the address and open no browser
    --attach                     open a window on an Earshot that runs already
    --log-level LEVEL            error, warn, info or debug

  earshot call METHOD [PARAMS]   call the running Earshot; parameters and result are JSON
  earshot watch                  what happens, one JSON line each
  earshot send TO TEXT           TO is "#room", "@name" or "@" and a peer id
    --reply ID, --thread ID      as an answer to that message, or in its thread; --also-in-room: in both
    --at 2026-11-24T09:00        later; \`earshot call messages.scheduled\` lists what waits
  earshot history TO             what was said there last
    --limit N, --all, --thread ID    how much of it;  --ids: with the ids by which the commands below name a message
    --format text|markdown|json  markdown and json: the whole conversation;  --output FILE: into a new file
  earshot search WORDS           everywhere; with from:NAME in:#room before:DATE after:DATE on:DATE has:link|code|mention
  earshot edit ID TEXT           correct a message of yours;  earshot versions ID: what it said before
  earshot delete ID              take it back for everybody
  earshot react ID SIGN          and --off to take it away
  earshot pin ID                 and --off
  earshot forward ID TO          pass it on, with who said it
  earshot peers                  who is here
  earshot people                 whom you know, have verified or blocked, here or not
  earshot rooms                  which rooms there are
  earshot doctor                 how this Earshot is doing
    --profile NAME, --data-dir DIR   which one, where several run

  earshot profiles               which profiles are kept here
  earshot wipe --yes             destroy a profile, its keys first, whether it is open or not
  earshot export FILE            a profile's identity, without its messages, under 24 words
  earshot import FILE            … into a new profile here
    --profile NAME, --data-dir DIR   which one;  --passphrase-file FILE, --phrase-file FILE

  A profile made without a passphrase is protected by the permissions of its files only.
  Every method and event: docs/api.md`;
