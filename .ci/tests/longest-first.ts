import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { readDurations } from './durations.ts';

/** Sorts the files by project, so that a worker is reused, and the longest first, so that no long file runs alone at the end. */
export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const { fast, soak } = readDurations();
		const secondsOf = ({ moduleId, project }: TestSpecification) => {
			const path = moduleId.slice(project.config.root.length + 1);
			return soak.files[path] ?? fast.files[path] ?? 0;
		};
		const projects = new Map<string, number>();
		for (const file of files) projects.set(file.project.name, (projects.get(file.project.name) ?? 0) + secondsOf(file));
		const rank = (file: TestSpecification) => projects.get(file.project.name) ?? 0;
		return [...files].sort(
			(a, b) => rank(b) - rank(a) || a.project.name.localeCompare(b.project.name) || secondsOf(b) - secondsOf(a),
		);
	}
}
