/** What a server reports at /metrics. */
export interface ServerMetrics {
	/** The sum of all lines with this name and at least these labels. */
	sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

export async function readServerMetrics(url: string): Promise<ServerMetrics> {
	return parseMetrics(await (await fetch(`${url}/metrics`)).text());
}

export function parseMetrics(text: string): ServerMetrics {
	const lines = text.split('\n').flatMap((line) => {
		const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
		return name === undefined ? [] : [{ name, labels: labels.split(','), value: Number(value) }];
	});
	return {
		sum: (name, labels = {}) =>
			lines
				.filter((line) => line.name === name)
				.filter((line) => Object.entries(labels).every(([label, of]) => line.labels.includes(`${label}="${of}"`)))
				.reduce((sum, { value }) => sum + value, 0),
	};
}
