import { type ThresholdName, type Thresholds, thresholdNames, thresholdsWith } from '../audit/index.ts';
import { findNearest } from './find-nearest.ts';

const FORM = 'thresholds of alerts as NAME=NUMBER, separated by commas';
const MAX_THRESHOLD = 1_000_000;

/** FIRMSEAL_ALERTS as all thresholds, or a `problem`, which finishes the sentence "FIRMSEAL_ALERTS must be …" and contains no value. */
export function parseThresholds(list: string): Thresholds | { readonly problem: string } {
	const given: Partial<Record<ThresholdName, number>> = {};
	for (const item of list.split(',')) {
		const [, name = '', value = ''] = /^\s*([A-Z_]{1,40})=(\d{1,7})\s*$/.exec(item) ?? [];
		if (name === '') return { problem: FORM };
		if (!isThreshold(name)) {
			const nearest = findNearest(name, thresholdNames);
			const fix = nearest ? `the nearest name is ${nearest}` : 'docs/how-to/monitor.md lists the names';
			return { problem: `${FORM}: ${name} is unknown, ${fix}` };
		}
		if (given[name] !== undefined) return { problem: `${FORM}, each once: ${name} is there twice` };
		const number = Number(value);
		if (number < 1 || number > MAX_THRESHOLD)
			return { problem: `${FORM}: ${name} is a whole number from 1 to ${MAX_THRESHOLD}` };
		given[name] = number;
	}
	return thresholdsWith(given);
}

const isThreshold = (name: string): name is ThresholdName => (thresholdNames as readonly string[]).includes(name);
