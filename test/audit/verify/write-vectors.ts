import { anchoredLog, ROOT_VKEY } from './anchor-cases.ts';
import { ATTACKS } from './bundle-attacks.ts';
import { ACCEPTED, HONEST, honestLog, ORIGIN, VKEY } from './bundle-cases.ts';
import { FIRM } from './write-log.ts';

/** A part of the cases, for other programs; all keys are fixed. */
const PUBLISHED = [
	'a leaf is edited',
	'a leaf is missing, and the size lowered',
	'two leaves are swapped',
	'the entries of two firms are swapped',
	'the firm is there twice',
	'the checkpoint is by another key',
	'the root checkpoint is by another key',
	'the root checkpoint is signed under the name of the firm',
	'a bit of the proof is another',
	'the index is one more',
	'the footer is there twice',
	'every line ends in CRLF',
	'the old key is stolen after a rotation',
];

const accepted = [0, 1, 8, 11, 12, 13, 14].map((at) => ACCEPTED[at]);

/** The content of test/vectors/audit-bundle-v1.json. */
export function makeVectors() {
	return {
		comment:
			'Bundles, anchors and proof files of src/audit/FORMAT.md. The Ed25519 keys have 32 private bytes of 01, of 02 and of 04; 03 is a stranger. Each text is a whole file in UTF-8.',
		origin: ORIGIN,
		vkey: VKEY,
		rootVkey: ROOT_VKEY,
		bundle: HONEST,
		accepted,
		refused: ATTACKS.filter(({ name }) => PUBLISHED.includes(name)),
		anchors: anchoredLog().anchors,
		proofFiles: [0, 3, 6].map((index) => honestLog().proofFile(FIRM, index)),
	};
}
