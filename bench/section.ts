import type { Table } from './comparison.ts';
import type { Facts } from './facts.ts';
import type { BenchInstallation } from './installation.ts';
import type { Peers } from './peers.ts';
import type { Scale } from './scale.ts';

/** One part of the benchmarks: what `--only` names. */
export interface Section {
	readonly name: string;
	/** What progress calls it. */
	readonly title: string;
	/** Asks or compares with what is in package.json here: left out where that can't be installed. */
	readonly needsPeers?: boolean;
	/** How often `onStep` is called. */
	steps(scale: Scale): number;
	measure(given: SectionContext): Promise<Measured>;
}

export interface SectionContext {
	/** Of this section alone: no other has written into it. */
	readonly installation: BenchInstallation;
	/** null: they cannot be installed, and what is compared with them is left out. */
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
	/** Its name. */
	readonly section: string;
	readonly title: string;
}

/** Those of the sections that a list of names asks for, in their own order. @throws Error in one sentence, of a name that is none. */
export function chooseSections(sections: readonly Section[], names: string | undefined): readonly Section[] {
	if (names === undefined) return sections;
	const asked = names.split(',').map((name) => name.trim());
	const known = sections.map(({ name }) => name);
	const unknown = asked.find((name) => !known.includes(name));
	if (unknown !== undefined) throw new Error(`There is no section "${unknown}"; there are ${known.join(', ')}.`);
	return sections.filter(({ name }) => asked.includes(name));
}

/** Runs one section after the other, each in an installation of its own. */
export async function measureSections(
	sections: readonly Section[],
	given: Omit<SectionContext, 'installation' | 'onStep'>,
	{ makeInstallation, showProgress, leaveOut }: Around,
): Promise<SectionResult[]> {
	const results: SectionResult[] = [];
	for (const section of sections) {
		given.signal.throwIfAborted();
		if (section.needsPeers && given.peers === null) {
			leaveOut(section.title);
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

interface Around {
	makeInstallation(): Promise<BenchInstallation>;
	/** Says that a section needs what isn't installed. */
	leaveOut(title: string): void;
	showProgress(title: string, steps: number): { step(): void; end(): void };
}
