import { type ThresholdName, type Thresholds, thresholdNames, thresholdsWith } from '../audit/index.ts';
import { findNearest } from './find-nearest.ts';

const FORM = 'thresholds of alerts as NAME=NUMBER, separated by commas';
const MOST = 1_000_000;

/** FIRMSEAL_ALERTS as every threshold; `problem` finishes the sentence "FIRMSEAL_ALERTS must be …", with no value in it. */
export function parseThresholds(list: string): Thresholds | { readonly problem: string } {
	const given: Partial<Record<ThresholdName, number>> = {};
	for (const item of list.split(',')) {
		const [, name = '', value = ''] = /^\s*([A-Z_]{1,40})=(\d{1,7})\s*$/.exec(item) ?? [];
		if (name === '') return { problem: FORM };
		if (!isThreshold(name)) {
			const nearest = findNearest(name, thresholdNames);
			const fix = nearest ? `the nearest is ${nearest}` : 'docs/how-to/monitor.md lists them';
			return { problem: `${FORM}: there is no ${name}, ${fix}` };
		}
		if (given[name] !== undefined) return { problem: `${FORM}, each once: ${name} is there twice` };
		const number = Number(value);
		if (number < 1 || number > MOST) return { problem: `${FORM}: ${name} is a whole number from 1 to ${MOST}` };
		given[name] = number;
	}
	return thresholdsWith(given);
}

const isThreshold = (name: string): name is ThresholdName => (thresholdNames as readonly string[]).includes(name);
