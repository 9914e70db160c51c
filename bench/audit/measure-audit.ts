import type { Section } from '../section.ts';
import { measureSequencing } from './sequencing.ts';
import { measureVerification } from './verification.ts';

/** How soon an entry is in a tree and signed, and how long a whole log takes to verify. */
export const audit: Section = {
	name: 'audit',
	title: 'Audit',
	steps: ({ verified }) => 1 + verified.length,
	async measure({ installation, scale: { logged, verified }, signal, onStep }) {
		const sequencing = await measureSequencing(installation, { milliseconds: logged, signal });
		onStep();
		return {
			tables: [],
			facts: [sequencing, await measureVerification(installation, { sizes: verified, signal, onStep })],
		};
	},
};
