/* clang-format off */
/*
 * The control file: /.custody/ctl.  Open it, write one JSON request in one write(2) (at most 128 KiB), read the JSON answer from offset 0 to its end.  A further
 * write on the same descriptor is the next request.  The kernel vouches for who asks; opener and writer must be the same uid.
 *
 * Request: {"do":"<command>", …}.  Answer: {"ok":true, …} or {"ok":false,"errno":"EACCES","reason":"no-role","text":"<English sentence>", "field":"uid"?, "item":N|null}
 * (reason: policy/reason.h; field: the request's field at fault, if one is).
 *
 * Paths are relative to the mount's root ("by-unit/…"; a view's are as good); instants are RFC 3339 with zone (given: as instant_parse() reads them); days YYYY-MM-DD; digests lower-case hex;
 * absent values are JSON null.  Lists are paged: "after" (0 to begin) and "limit" (1..1000, default 500) in; "rows" and "next" (null at the end) out; a page may be shorter
 * than its limit.  An answer is kept until it has been read to its end.  A uid may have 32 descriptors open (EMFILE).
 *
 * register.unit    {code,name}                                                   → {unit:UNIT}
 * register.device  {serial,unit}            unit: a code or a name               → {device:DEVICE}
 * register.person  {number,name,uid|null,unit|null,roles:"officer,approver"|"",formal:bool,certified_from|null,certified_to|null}   → {person:PERSON}
 * register.case    {number,party|null,cause|null,class|null}   opens a case, or amends it; class: one of the policy in force that is no shorter than before   → {case:CASE}
 *      Registering a known code, serial or number again amends it.
 * list             {what,after,limit,party|null,cause|null}   party, cause: of cases, a part of theirs       what: units devices people cases items incomplete withdrawn requests pending custodians service      → {rows:[…],next}
 *      requests, pending (not decided yet): for approvers all; for others their own.  incomplete, withdrawn: who may deal with them.
 *
 * case.link        {case,paths:[…]|items:[N…]} (500 at most, all of them items) or {case,path,after} (an item, or a folder, of which so many at a time: next is to be given as
 *      after)       case: a number or an alias, here and below    → {case:NUMBER,changed,unchanged,next}   unchanged: those that belonged to it already
 * case.unlink      as case.link                                                  → the same; unchanged: those that were not linked to it
 * case.alias       {case,alias}             a number that no case has            → {case:CASE}
 * case.close       {case,date|null}         date: today                          → {case:CASE}     a later date than before, never an earlier one
 * case.items       {case,after,limit}       what lies in its folders, and what is linked to it   → {rows:[ITEM…],next}
 *
 * show             {path}|{item:N}|{unit}|{device}|{person}|{case}               → {item:ITEM,trail:[ENTRY…]} | {folder:{path,kind,…}} | {unit:UNIT} | … | {case:CASE,stages:[{stage|null,items}…]}
 *      trail: the item's events, newest 500, if the asker may read the ledger; else only those of the asker's own.
 * request          {paths:[…]} or {items:[N…]} or {case:"…"}, {purpose,from|null,to|null,opens|null}   → {request:REQUEST}   from: now, to: a day later, opens: any number
 *      a folder among the paths: all that lies in it, now or while the grant lasts
 * approve          {id}        deny {id,reason|null}        revoke {id,reason|null}     → {request:REQUEST}
 * log              {path|item|person|case|null, since|null, until|null, after, limit}   → {rows:[ENTRY…],next}   oldest first; after: a sequence number (left out to begin), next to be given as after;
 *      a folder's path: what happened to the items in it
 *      person: a number.  Whole ledger: auditor, admin; others get their own actions.
 * findings         {open:bool|null, unit|null, rule|null, after, limit}          → {rows:[FINDING…],next}   who looks after the store: all; officers: those of their own recordings
 * finding.settle   {id,reason}              custodian, legal, inspector, admin; not one's own recordings'   → {finding:FINDING}
 * finding.report   {rule:"kind-mismatch"|"name-conflict", path|item, note}       → {finding:FINDING}   by who sees the item; one an item and rule
 * register.service {device,from,to|null,note}   custodian, admin; days, both included; the same first day again amends it   → {service:{id,device,from,to,note}}
 * hold.set         {path|item, name, ground:1..4, reason|null}     custodian, legal, admin; ground 4 takes a reason; the same again changes nothing, another of that name here is EEXIST → {hold:HOLD}
 * hold.ask         {path|item, name, reason|null}                  as hold.set: asks for the release; the first asking stands   → {hold:HOLD}
 * hold.release     {path|item, name, reason}                       approver, legal; neither who set it nor who asked            → {hold:HOLD}
 *      path: an item or a folder (unit … case), the very place where the hold was set
 * hold.list        {path|item|null, all:bool, after, limit}        what stands there, around it and below it; all: what was released, too   → {rows:[HOLD…],next}
 *      {no_offline_copy:true, cursor, limit}    custodian, legal, admin: held items on no medium, or only on some whose last reading failed   → {rows:[COPIED…],next}  each with holds:[name…]; next is a text, the next page's cursor
 * copy.register    {medium, type:"bd"|"usb"|"tape", items:[N…]}    200 items at most; a known medium takes more; custodian, legal, admin   → {copy:COPY,rows:[COPIED…]}   EAGAIN: a digest is not computed yet
 * copy.verified    {medium, files, extra, missing:[N…], damaged:[N…], missing_count, damaged_count}     how a reading of the medium ended   → {copy:COPY}
 * copy.list        {overdue:bool, after, limit}                    → {rows:[COPY…],next}
 * copy.items       {medium, after, limit}                          → {copy:COPY,rows:[COPIED…],next}
 * dispose.propose  {paths:[…]} and/or {items:[N…]}, {state:"incomplete"|"withdrawn"|null}, or {expired:true, unit|null}; {reason|null, cursor|null}     the unit's custodian
 *      → {proposal:DISPOSAL|null, cursor|null}      10000 items at most; expired, and a state alone, collect what may go: ask again with the cursor until it is null.
 *      A named item that may not go: EPERM (or its errno), "item" names it, nothing is proposed.
 * dispose.approve  {id, reason|null}     approver, legal; not the proposer, nor who recorded or deposited any of it     → {proposal:DISPOSAL}      where an item may not go any more: its errno, and the proposal is stopped
 * dispose.execute  {id}     carries out a second's worth of what is approved: again while more             → {proposal:DISPOSAL, more:bool, left:N}   left: items whose bytes could not be removed yet
 * dispose.refuse   {id, reason}    dispose.withdraw {id, reason|null}     also of what an approval has not come to yet   → {proposal:DISPOSAL}
 * dispose.list     {after, limit}  → {rows:[DISPOSAL…],next}       dispose.items {id, after, limit}   → {proposal:DISPOSAL,rows:[ITEM…],next}
 * dispose.done     {after, limit}  the register of what was disposed of, in order; after: an entry's number    → {rows:[ITEM…],next}    custodian, approver, legal, auditor, admin
 * why              {path, verb|null}        verb: as verb_parse_word() has it    → {path,verb,allowed:bool,errno,reason,text,recent:bool,when|null,facts:FACTS}
 *      FACTS: what the decision rests on, as it stands now (fs/store/query/why_text.h)
 *      No verb: the asker's latest refusal there if remembered (recent:true), else what open-read would meet.
 * verify.list      {path|null|item, after, limit}                                → {rows:[{item,path,size}],next,total_items,total_bytes}   totals: of the whole store; null for a path or an item
 * verify.range     {item,offset}            reads up to 64 MiB from offset        → {item,size,next:N|null,damaged:bool,at:N|null}    next null: the end is reached;
 *                                                                                  also by who recorded or deposited the item
 * status           {}                                                            → {store:{uuid,format,created,utc_offset,test_clock,path},mounted_since,wall,clock,version,policy,
 *                                                                                    items:{receiving,sealed,incomplete,withdrawn,disposed},bytes,ledger:{size,root,checkpoint_size},
 *                                                                                    free_bytes,open_deposits,open_reads,digests_pending,you:PERSON|null}
 * clock            {to|null}                to: test-clock stores, admin          → CLOCK
 * clock.propose    {to,reason}              admin: forward, not past the wall clock → CLOCK
 * clock.agree      {id}        clock.refuse {id,reason|null}      legal, and not the proposer   → CLOCK
 * policy.show      {version|null}           version null: the one in force        → {policy:POLICY,in_force:bool}
 * policy.list      {}                                                            → {policies:[{version,label,effective,interpreter,loaded_at,agreed_by}…],proposals:[PROPOSAL…]}   newest first
 * policy.proposal  {id}                                                          → {proposal:PROPOSAL,policy:POLICY}
 * policy.propose   {text}                   the file's text; admin               → {proposal:PROPOSAL}
 * policy.agree     {id}        policy.refuse {id,reason|null}     legal, and not the proposer   → {proposal:PROPOSAL}
 *      A policy is in force from its agreement on, which is refused before its effective date.
 * set              {path|item, name, value|null}    name: class retain-until stage informed important; as the attributes user.custody.* take them   → {name,value}
 *      class and retain-until on a folder: for all that lies in it, now or later
 * unrelated        {path|item, what:"propose"|"agree"|"refuse", reason|null}      → {item,state}     propose takes a reason
 * unrelated.list   {after,limit}            → {rows:[{item,path,state:"proposed"|"yes"|"no",reason,proposed_by,proposed_at,decided_by|null,decided_at|null,decided_why|null}…],next}
 * ledger.head      {}                                                            → {checkpoint,vkey,origin,size}   signs the head as it stands
 * ledger.entries   {after,limit}            after: first sequence number wanted   → {rows:["<raw entry text>"…],next}   auditor, admin
 * ledger.hashes    {level,after,limit}      complete subtrees of 2^level leaves   → {hashes:["<base64>"…]}             auditor, admin
 *
 * HOLD    {id,name,ground,reason,path,item,set_by,set_by_name,set_at,asked_by,asked_by_name,asked_at,asked_why,released_by,released_by_name,released_at,released_why}
 * COPY    {id,medium,type,items,bytes,registered_by,registered_by_name,registered_at,verified_by,verified_by_name,verified_at,passed:bool|null,overdue:bool}
 * COPIED  {item,path,name,size,disposed:bool,sha256,sm3}
 * DISPOSAL {id,state:"proposed"|"approved"|"done"|"refused"|"withdrawn"|"stopped",kind:"named"|"expired"|"incomplete"|"withdrawn",reason,items,bytes,done,policy,
 *          proposed_by,proposed_by_name,proposed_at,decided_by,decided_by_name,decided_at,decided_why,stopped_item,stopped_why}
 * CLOCK   {clock,wall,behind_ms,test_clock,moves:[{id,to,reason,proposed_by:{number,name},proposed_at,state:"proposed"|"agreed"|"refused",decided_by|null,decided_at|null,decided_why|null}…]}
 *          moves: newest first, 20 at most
 * FINDING {id,rule,text,item|null,path|null,recorded_on|null,note,found_at,state:"open"|"settled",unit,unit_name,device,officer,officer_name,missing:[from,to]|null,reported_by|null,
 *          settled_at|null,settled_by|null (settled and by nobody: it was put right),settled_by_name|null,settled_why|null}   rule and text: policy/finding.h
 * POLICY  {label,effective,interpreter,classes:[{name,kind,months|null}…],settings:[{key,value,default,least,most}…],readers:[…],text} and, of a version,
 *          {version,loaded_at|null,proposed_by|null,agreed_by|null}     people: {number,name}
 * PROPOSAL {id,label,effective,state:"pending"|"loaded"|"refused",proposed_at,proposed_by,decided_at|null,decided_by|null,reason|null,version|null}
 * UNIT    {id,code,name}          DEVICE {id,serial,unit,unit_name}          CASE {id,number,party,cause,class,opened,closed} and, of one that is shown, {aliases:[…],items,bytes,linked}
 * PERSON  {id,number,name,uid,unit,unit_name,roles,formal,certified_from,certified_to}
 * ITEM    {item,path,was_at,name,state,settling,size,unit,device,officer,officer_name,recorded_on,case,cases:[…],deposited_by,deposited_by_name,deposited_at,sealed_at,mtime,
 *          class,retain_until,retain_basis,held,important,content_root,sha256,sm3,reason,stage,informed,form,kind,unrelated}      disposal:null|{proposal,at,policy,entry,how:"overwritten"|"overwritten-flash"|"removed"|"absent"|"pending",fs,
 *          copies:[medium…],kind,reason,proposed_by,…_name,…_at,approved_by,…_name,…_at}      path null once out of sight, was_at null until then: where it lay; sha256 and sm3 null until computed; reason: why incomplete
 *          retain_until: an instant, "never", or "open" (no end yet); retain_basis: class, case, date, folder or promise, whichever decides; case: its folder's name, cases: the numbers of all that it belongs to; form: written|dynamic,
 *          kind: video|audio|photo|document|log, by the name; stage, informed, unrelated: null where nobody said so
 * REQUEST {id,applicant,applicant_name,items:[N…],paths:[…],folders:[…],case,purpose,from,to,opens,used,state,decided_by,decided_by_name,decided_at,reason,asked_at}
 * ENTRY   the entry as on the ledger: {seq,time,clock,subject:{person,uid,gid,pid,program},event,item,case,details,policy}, and with it "path" (as it stands now) and "person_name"
 */
/* clang-format on */
#ifndef FS_STORE_QUERY_CONTROL_H
#define FS_STORE_QUERY_CONTROL_H

#define CONTROL_DIR ".custody"
#define CONTROL_FILE "ctl"
#define CONTROL_REQUEST_MAX (128 << 10)

#endif
