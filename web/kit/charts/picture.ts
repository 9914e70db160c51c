import type { Bar } from './bar-chart.tsx';

/** What a picture of bars is given. */
export interface PictureProps {
	readonly bars: readonly Bar[];
	/** The value that fills the picture. */
	readonly most: number;
	readonly show: (value: number) => string;
	readonly name: string;
	readonly describedBy: string;
}

export const percent = (part: number): string => `${Math.round(part * 10_000) / 100}%`;
