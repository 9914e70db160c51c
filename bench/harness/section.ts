import { existsSync } from 'node:fs';
import type { BenchInstallation } from '../data/installation.ts';
import type { Scale } from '../scale.ts';
import type { Table } from './comparison.ts';
import type { Facts } from './facts.ts';
import type { Machine } from './machine.ts';
import type { Peers } from './peers.ts';

/** A part of the benchmarks that `--only` can select. */
export interface Section {
	readonly name: string;
	readonly title: string;
	/** True for a section that is left out if the packages of bench/package.json cannot be installed. */
	readonly needsPeers?: boolean;
	/** Path of a program without which the section is left out. */
	readonly program?: string;
	/** How often measure() calls `onStep`. */
	steps(scale: Scale): number;
	measure(given: SectionContext): Promise<Measured>;
}

export interface SectionContext {
	/** For this section alone. */
	readonly installation: BenchInstallation;
	/** null if the peers cannot be installed. The section then leaves out the comparisons with them. */
	readonly peers: Peers | null;
	readonly scale: Scale;
	/** Aborted when the run is interrupted. */
	readonly signal: AbortSignal;
	readonly onStep: () => void;
}

export interface Measured {
	readonly tables: readonly Table[];
	readonly facts: readonly Facts[];
}

export interface SectionResult extends Measured {
	/** The section's name. */
	readonly section: string;
	readonly title: string;
}

export interface Result {
	/** ISO 8601. */
	readonly at: string;
	readonly machine: Machine;
	/** null if they could not be installed. */
	readonly peers: Peers | null;
	readonly quick: boolean;
	/** Duration of the run. */
	readonly seconds: number;
	readonly sections: readonly SectionResult[];
}

/** The sections that a list of names selects, in the order in which they run. @throws Error in one sentence for an unknown name */
export function chooseSections(sections: readonly Section[], names: string | undefined): readonly Section[] {
	if (names === undefined) return sections;
	const asked = names.split(',').map((name) => name.trim());
	const known = sections.map(({ name }) => name);
	const unknown = asked.find((name) => !known.includes(name));
	if (unknown !== undefined) throw new Error(`There is no section "${unknown}"; there are ${known.join(', ')}.`);
	return sections.filter(({ name }) => asked.includes(name));
}

/** Runs the sections in sequence, each in an installation of its own. */
export async function measureSections(
	sections: readonly Section[],
	given: Omit<SectionContext, 'installation' | 'onStep'>,
	{ makeInstallation, showProgress, leaveOut }: Around,
): Promise<SectionResult[]> {
	const results: SectionResult[] = [];
	for (const section of sections) {
		given.signal.throwIfAborted();
		const missing = missingFor(section, given.peers);
		if (missing !== null) {
			leaveOut(section.title, missing);
			continue;
		}
		const installation = await makeInstallation();
		const progress = showProgress(section.title, section.steps(given.scale));
		try {
			const measured = await section.measure({ ...given, installation, onStep: progress.step });
			results.push({ section: section.name, title: section.title, ...measured });
		} finally {
			progress.end();
			await installation.close();
		}
	}
	return results;
}

function missingFor({ needsPeers, program }: Section, peers: Peers | null): string | null {
	if (needsPeers && peers === null) return 'autocannon';
	return program !== undefined && !existsSync(program) ? program : null;
}

interface Around {
	makeInstallation(): Promise<BenchInstallation>;
	/** Reports a section, and what it needs. */
	leaveOut(title: string, missing: string): void;
	showProgress(title: string, steps: number): { step(): void; end(): void };
}
