import { GENERATED_PAGES, pathFrom } from './generated-pages.ts';

const to = (page: string) => pathFrom(GENERATED_PAGES.commands, page);

const FOLLOWED_JOB =
	'A worker does the job. The command waits for it and shows its progress; run again, it finds the same job.';
const TWO_APPROVERS = 'Two approvers are needed: the one of `FIRMSEAL_TOKEN`, and another who runs `job approve`.';
const RUN_AGAIN = 'The command prints the job and ends; after the approval, run it again to wait for the job.';
const STEPS = `The steps are in [Migrate plaintext](${to('docs/how-to/migrate-plaintext.md')}) and [Migrate files](${to('docs/how-to/migrate-files.md')}).`;
const ONE_COLUMN = `${FOLLOWED_JOB} ${STEPS}`;
const ERASE = `[How to erase](${to('docs/how-to/erase.md')}). ${TWO_APPROVERS} ${RUN_AGAIN} Until the job begins, \`job cancel\` cancels it. \`--dry-run\` counts what would be erased and what would stay, and says until when the object store retains something.`;
const RECENT_SIGN_IN = 'Needs a sign-in of the last five minutes.';

/** What a user of a command needs to know beyond its help: `--help` has no room for it, or it needs links. */
export const COMMAND_NOTES: Readonly<Record<string, string>> = {
	serve:
		'Finds a port that is taken and a certificate that is wrong before it creates anything. Restarts an embedded PostgreSQL that ends, at most eight times in a row.',
	worker: `Raises the clock's high-water mark each second, looks for [alerts](${to('docs/how-to/monitor.md#alerts')}), does [jobs](${to('src/jobs/README.md')}) on keys and content, sends notices and alerts to the webhook, and deletes objects that belong to no file. Runs until it is stopped. \`npm start\` includes a worker.`,
	broker: `[How the broker works](${to('src/leases/broker/README.md')}). Runs until it is stopped. \`npm start\` includes a broker.`,
	init: `Creates the first two approvers together, and adds no one when it runs again. \`--after-key-loss\` starts a new key service under a database that has lost its own, with two of its approvers; this cannot be undone: [Recover](${to('docs/how-to/recover.md')}).`,
	demo: 'Loads 12 files and 300 e-mails, or with `--all` all 6,000.',
	token:
		'The token is valid for twelve hours at most. The user has an account or an invitation. `--firm` is needed only where several firms know the address.',
	doctor: `Changes nothing. What cannot be known has the mark \`?\` (\`ok: null\`), says how you can find out, and is no failure. After a restore, \`--after-restore\` also compares database, keys, objects and log with each other: [Back up and restore](${to('docs/how-to/back-up-and-restore.md')}).`,
	'firm create':
		'The first owner is not asked to accept. The firm gets a new wrapping key, or with AWS KMS one that it brings (`--key`), of the same account and region.',
	'firm suspend': "From the next request on, the tokens of the firm's people are refused.",
	'firm export': `[Export a firm](${to('docs/how-to/export-a-firm.md')}) says what the export holds and what \`--force\` replaces. Exit 1 if a value or file could not be read: \`failures\` of \`manifest.json\` names it.`,
	'firm recover': `[If a firm has lost its owners](${to('docs/how-to/manage-members.md#if-a-firm-has-lost-its-owners')}). An approver asks, another agrees, and 72 hours after a server of the firm's plane has seen the request it can be completed, unless an owner cancels it. Every member of the firm is notified of each step. Those who agree and complete name [the hash](#a-second-yes) of what they were shown.`,
	'operator list':
		'Shows who operates the platform, their roles, which accounts belong to one person, and who was asked for. Needs no token.',
	'operator add': `Another approver agrees by \`job approve\`. A new APPROVER then waits 72 hours, or 24: [Manage operators](${to('docs/how-to/manage-operators.md')}). For an account that exists, the roles replace those it has.`,
	'operator disable': `${RECENT_SIGN_IN} Never the last approver, and never yourself. Where an approver is disabled, the people on call and the owners of all firms are notified: [who counts as two persons](${to('docs/how-to/manage-operators.md#who-counts-as-two-persons')}).`,
	'keys rotate': `[Rotate keys](${to('docs/how-to/rotate-keys.md')}). ${FOLLOWED_JOB}`,
	'keys rewrap': FOLLOWED_JOB,
	'keys reencrypt': FOLLOWED_JOB,
	'keys bring': `[Bring a key](${to('docs/how-to/bring-a-key.md')}). An owner of the firm must agree by \`approveJob\`. ${RUN_AGAIN}`,
	'keys destroy': `[Destroy an old version](${to('docs/how-to/rotate-keys.md#destroy-an-old-version')}). Needs \`--firm\`, \`--class\` and \`--version\`: a disabled version that nothing is encrypted under. ${TWO_APPROVERS} ${RUN_AGAIN}`,
	'keys escrow': `[Recover](${to('docs/how-to/recover.md')}). First \`--holders FILE --threshold N\` asks for the escrow; FILE is JSON: \`[{"name", "recipient": "age1…", "side": "FIRM" or "PLATFORM"}]\`. An owner of the firm must agree by \`approveJob\`; for the platform's keys two approvers are needed. Then \`--job ID --out DIR\` writes a new directory with \`escrow.age\` and a share for each holder that only the holder can decrypt.`,
	'keys recover': `[Recover](${to('docs/how-to/recover.md')}). ${TWO_APPROVERS} Then \`--job ID\` says to whom the holders encrypt their shares, takes a share, and prints counts once there are enough.`,
	'keys drill':
		'Rehearses `keys recover` on a copy of the database: compares every key of the escrow with what is stored, wraps nothing, and asks no key service for one of these keys.',
	'migrate expand': `From here on both forms are written. ${ONE_COLUMN}`,
	'migrate backfill': `Encrypts what exists only as plaintext, for one firm or for all, with a job for each. ${ONE_COLUMN}`,
	'migrate verify': `Opens every value and compares it with the plaintext. ${ONE_COLUMN}`,
	'migrate cutover': `From here on only the ciphertext is read. ${ONE_COLUMN}`,
	'migrate rollback': `Possible at any time before \`migrate contract\`. ${ONE_COLUMN}`,
	'migrate contract': `Removes the plaintext for good. ${TWO_APPROVERS} ${RUN_AGAIN} ${STEPS}`,
	'job list': 'The newest first.',
	'job approve': `Shows all of a job that needs two persons, and agrees to exactly that, once [its hash](#a-second-yes) is named. ${RECENT_SIGN_IN}`,
	'erase firm': `Erases everything of a firm, after 30 days unless \`--days\` says 0 to 365 (in production at least 1). ${ERASE}`,
	'erase client': `Erases a client with everything that belongs to it. ${ERASE}`,
	'erase record': `Erases a document, thread, message, comment, note, invoice or time entry with what belongs to it. ${ERASE}`,
	'erase certificate': `With \`--json\` also its SHA-256 and the entry of the log that has this hash: [how an outsider checks it](${to('docs/how-to/verify.md#verify-a-certificate-or-a-report')}).`,
	'hold set':
		'A legal hold keeps a firm, a client or a record from being erased. `--lost` restores the row of a hold that the log knows and the table has lost; the restored hold is on the whole firm.',
	'hold release': `Shows what is held, for which matter and by whom, and releases exactly that with another approver's token, once [its hash](#a-second-yes) is named.`,
	'hold list': 'Includes released holds. Exit 1 if a hold was changed or removed outside Firmseal.',
	'document put':
		'`-` reads standard input and needs `--name`. Makes a document, or the next version of one. An upload that is cut off leaves nothing; the message says how to repeat it.',
	'document get':
		'The file is written with access for its owner only; `--out -` writes to standard output. An incomplete file is `FILE.<version>.part`: the same command continues it, and accepts the result only if its SHA-256 is the one that the API knows. One run at a time writes to a path. A document whose name ends in `.part` is saved with `_part` at the end.',
	'device create': `[Use a device](${to('docs/how-to/use-a-device.md')}). The passphrase is asked for on a terminal, or read from a file that only its owner may read: never an argument or a setting. One command at a time uses a directory of devices.`,
	'device begin': 'Waits for the service to sign each step. Run again after an interruption, it does what is left.',
	'device join': 'Needs a terminal, because a person compares the code. The request is open for 15 minutes.',
	'device approve': 'Needs a terminal, because a person compares the code. A code that differs adds nothing.',
	'device recovery-code':
		'Needs a terminal. The code is shown once, and is put into the key log only after it was typed back.',
	'device recovery-owners':
		'Runs until another owner has agreed, for up to 15 minutes: the shares are only in its memory until then. Ended before, it has set nothing: withdraw its proposal with `device decline`, and run it again.',
	'device release-share': 'Needs a terminal, because a person compares the code. A code that differs releases nothing.',
	'device recover':
		'Until the person has confirmed what it shows, the device sends nothing more. Run again after an interruption, it continues.',
	'device propose':
		'In a firm of one owner, the recovery code agrees, or `--announce` tells all devices for 72 hours. Otherwise another owner runs `device agree`, and `device complete` puts the decision into the key log.',
	'device agree':
		'The agreement has no date on which it ends: it holds until this device makes another entry in the key log, or the firm decides anything else that two owners decide. `device rename` takes it back.',
	'device complete': 'On the device that proposed or announced the decision.',
	'device rename':
		'Only an owner gives names. The same name again is an entry, too: so an owner takes back what this device has agreed to.',
	'device trust-key':
		'A device keeps the key of its first checkpoint. After `audit rotate` it sends nothing until it has the new one.',
	'lease show':
		'`--openings` adds the report of what was opened. Owners, the requester, approvers and auditors may read it, and reading it is recorded.',
	'lease request':
		'What you leave out is as wide as the rest allows. The lease lasts 30 minutes unless `--minutes` is given.',
	'lease approve': `For an OWNER of the firm, who approves for the firm, and for an APPROVER, who approves for the platform. Never the person who made the request. [How the second yes works](#a-second-yes). The command calculates the hash of the request itself, so a server that shows another request than it stores is found out. Names, addresses, times, the state and the earlier approvals are what the server says. ${RECENT_SIGN_IN}`,
	'lease activate': 'Waits for the broker.',
	'lease revoke': 'When the command is done, nothing more is opened under the lease.',
	'lease review': `[How the second yes works](#a-second-yes). A third person reads a lease that has ended, with the report of what was opened, and signs it off. Reading the report is recorded. A request that does not match its own hash is refused. ${RECENT_SIGN_IN}`,
	'lease use':
		'Standard output has one line of JSON for each record. Standard error says which values stay closed and why, how many values may still be read, and when the lease ends. A value that was not opened is null. If a record cannot be read, the records before it are still printed. For files use `document get --lease`.',
	'audit proof': 'Saves `ID.tlog-proof`, for its owner only.',
	'audit export':
		'Saves `audit-FIRM.jsonl`, for its owner only. After an interruption it continues `FILE.bundle.part` if that is still what was signed. One run at a time writes to a path.',
	'audit verify': `Exit 1 and the position if something is wrong. A bundle or proof is verified offline, with only its verifier keys: [Verify](${to('docs/how-to/verify.md')}).`,
	'audit rebuild': `Restores the log in the database from its anchors, while no worker runs; keeps the replaced rows apart; ends the leases that those rows show as open: [Restore the log](${to('docs/how-to/restore-the-log.md')}).`,
	'clock reset': `Accept the database's clock again after it was wrongly ahead: sets the greatest time seen back to it. Two approvers run it within an hour; the second names [the hash](#a-second-yes) that the first command prints.`,
};
