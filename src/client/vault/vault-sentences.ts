import type { VaultReason } from './vault-error.ts';

export { sentenceOf } from '../../custody/index.ts';

/** Why the vault refuses, in words for people who know nothing of cryptography. Loaded with the first refusal: see worded.ts. */
export const VAULT_SENTENCES: Readonly<Record<VaultReason, string>> = {
	'device-name': 'The name of a device here is 1 to 100 letters, digits, dots, hyphens or underscores. Choose another.',
	unlock: 'A device is locked by a passphrase of at least 12 characters, or by a passkey. Choose one of the two.',
	'person-unknown': 'This person is not in the firm. Reload, and choose someone of the firm.',
	'number-other': 'This is not the safety number that this device shows. Compare it again.',
	proposal: 'What is proposed is not a decision that two owners make. Nothing was signed. Ask for a new proposal.',
	'recovery-other':
		'These ways of recovery were not made on this device. Nothing was signed. Make new ones, and report it if it happens again.',
	'row-to-seal':
		'What is to be written does not fit the fields of its type. Nothing was sealed. Update the application.',
	'key-number': 'The number of the next data key is far above the present one. No key was made. Report it.',
	'joining-input': 'The request of the other device is malformed. Begin to join again.',
	'joining-code':
		'The codes on the two screens differ. The device was not added, and codes that were compared before do not count any more. Begin again, and report it if it stays so.',
	'code-typed': 'This is not the recovery code that was made on this device. Compare it with what you wrote down.',
	'recovery-none': 'The key log has no recovery key that belongs to this. Check whether the code is your newest one.',
	'checkpoint-key':
		'This is not a key that signs the state of this firm. It was not taken. Ask the people of the platform for the key of your firm’s key log again.',
	'shares-other': 'These shares do not make the recovery key of this person. Ask each owner for the newest share.',
	'holder-device':
		'One of these owners has no device, and so could give no share back. No shares were made. Choose others, or let this owner join with a device first.',
	'kept-changed':
		'What this device keeps was changed outside of Firmseal. Nothing was opened. Remove the device here, and join again with another of your devices.',
	'kept-gone':
		'Something that this device kept is missing. Nothing was opened. Remove the device here, and join again with another of your devices.',
	'kept-older':
		'What this device keeps was replaced by an older copy. Nothing was opened. Remove the device here, and join again with another of your devices.',
	'does-not-unlock': 'This passphrase or passkey does not unlock the device. Try again.',
	'device-file':
		'The stored device is not locked as Firmseal locks devices. It was not unlocked. Remove it here, and join again.',
	'row-type':
		'The answer has a record of a type that this application does not know. Nothing was opened. Update the application.',
	'row-id': 'The service answered with another record than you asked for. Nothing was opened. Report it.',
	'row-firm': 'The service answered with a record of another firm. Nothing was opened. Report it.',
	'row-stamp': 'The signature of this record is malformed. Nothing was opened. Report it.',
	'row-signature': 'The signature of this record is not that of its author. Nothing was opened. Report it.',
	'row-author': 'This record was written by a device that was not allowed to write it. Nothing was opened. Report it.',
	'row-head':
		'This record was written with knowledge of the firm that this device does not have. Reload. If it stays so, report it.',
	'row-generation': 'This record was written for another time of its sharing. Nothing was opened. Report it.',
	'row-before': 'This record was written under a key that the firm has retired. Nothing was opened. Report it.',
	'row-older':
		'This answer is older than one that you have already seen. Nothing was opened. Reload. If it stays so, report it.',
	'row-other':
		'The service shows two different contents as the same revision of a record. Nothing was opened. Report it.',
	'row-portal': 'This message was written in the client portal, which this version cannot verify. It was not opened.',
	'row-custody':
		'The key log says that the service keeps this content, yet it came sealed. Nothing was opened. Report it.',
	'not-moving':
		'The key log does not say that this kind of content moves that way. Nothing was sealed or given back. Reload. If it stays so, report it.',
	'row-thread':
		'The message does not belong to the conversation in which it was served. Nothing was sealed. Report it.',
	'value-key': 'This device has no key for this value yet. Another device of the firm can send it one.',
	'value-version':
		'This value was sealed under a key that the firm does not allow for it. It was not opened. Report it.',
	'value-invalid': 'This value was changed, or belongs elsewhere. It was not opened. Report it.',
	'value-field':
		'The answer has a field that this application does not know. It was not opened. Update the application.',
	'not-fresh':
		'The service has not confirmed within the last ten minutes that this is the newest state of the firm. Nothing was sent. Reload, and try again.',
	'row-changed': 'Someone else changed this record in the meantime. Nothing was sealed. Reload, then write again.',
	'log-gap': 'The service left out an entry of the key log. Nothing was believed. Reload. If it stays so, report it.',
	'joining-order': 'This step of joining does not follow the last one. Begin to join again.',
	'notice-early':
		'This device has known for less than 72 hours that the decision was announced. Nothing was signed. Complete it when they are over.',
	'device-known':
		'This name is taken by a device that is stored here. Choose another name, or remove that device first.',
	'holders-changed':
		'The owners who hold shares, or their devices, changed since the shares were made. Nothing was signed. Make new shares.',
	locked: 'This device is locked. Unlock it first.',
	'no-log':
		'This device does not know the firm yet. Join with another device, recover, or begin the key log of the firm.',
	'log-known': 'This device knows its firm already. Remove the device here before it joins or recovers.',
	'log-other': 'The service shows another firm than the one that this device knows. Nothing was believed. Report it.',
	'log-forked':
		'The service shows another history of the firm than the one that this device has verified. Nothing was believed. Report it.',
	'release-other':
		'This is not a release of the application that the firm trusts: the service may have sent an older one. Nothing was opened or sent. Reload. If it stays so, ask an owner which release the firm trusts.',
	'log-shorter':
		'The service shows an older state of the firm than the one that this device has verified. Nothing was believed. Reload. If it stays so, report it.',
	'log-refused':
		'The service shows a history of the firm that its own rules do not allow. Nothing was believed. Report it.',
	'log-unjoined':
		'The key log does not have the device, or the history, whose code was compared. Nothing was believed. Remove the device here, begin again with a new one, and report it if it stays so.',
	'device-inactive':
		'This device does not belong to the firm, or does no longer. Nothing was sent. Join with another device.',
	unconfirmed:
		'Look first at the people and the custody that this recovered device shows, and confirm them. Nothing was sent.',
	noticed:
		'An owner decided alone, after a notice that this device has known for less than 72 hours. Nothing was sent. Look at both, and ask the owner.',
	'not-entitled': 'This device may not read this kind of content. Nothing was sealed. Ask an owner.',
	'platform-custody': 'The firm has not taken this kind of content into its own custody. Nothing was sealed.',
	'key-stale': 'The firm needs a new data key for this kind of content. Nothing was sealed. Ask an owner to make one.',
	'key-missing':
		'This device has no key for this kind of content yet. Nothing was sealed. Another device can send it one.',
	'row-unknown-column':
		'The record has a field that this application does not know. Nothing was sealed. Update the application.',
	'row-worn': 'This record was written too often under one key. Nothing was sealed. Make a new record.',
	'proposal-other':
		'This decision was not proposed on this device, or has ended. Nothing was signed. Complete it where it was proposed, or propose it again.',
	'code-unconfirmed': 'Type your recovery code once, to show that you have written it down. Nothing was signed.',
	uncompared:
		'Fewer codes were compared than owners are needed. Nothing was believed. Compare a code with each owner who gives a share.',
};
