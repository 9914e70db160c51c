import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { DocumentsDocument } from '../../../kit/api/workspace.generated.ts';
import { BarChart } from '../../../kit/charts/bar-chart.tsx';
import { ErrorNote } from '../../../kit/parts/index.ts';
import { showBytes } from '../../../kit/text/amounts.ts';
import { beginningsOf, type Step, sumsOf } from './upload-sums.ts';

/** As many as one page of the API has. */
const MOST = 1000;
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** How much was uploaded by day or week, from the documents' metadata alone. */
export function UploadRates() {
	const [step, setStep] = useState<Step>('WEEK');
	const [now] = useState(() => new Date());
	const { data, error, refetch } = useQuery(DocumentsDocument, {
		variables: { first: MOST, filter: { createdFrom: (beginningsOf('WEEK', now)[0] ?? now).toISOString() } },
	});
	return (
		<div className="stack">
			<fieldset className="row">
				<legend>Sum by</legend>
				{STEPS.map(([value, name]) => (
					<label key={value} className="choice">
						<input type="radio" name="step" checked={step === value} onChange={() => setStep(value)} />
						{name}
					</label>
				))}
			</fieldset>
			{error && !data && <ErrorNote error={error} onRetry={refetch} />}
			{!data && !error && <p role="status">Loading …</p>}
			{data && (
				<BarChart
					caption={step === 'WEEK' ? 'Uploaded in each of the last 12 weeks' : 'Uploaded on each of the last 14 days'}
					bars={sumsOf(data.documents.nodes, step, now).map(({ from, bytes }) => ({
						label: DAY.format(from),
						value: bytes,
					}))}
					heads={[step === 'WEEK' ? 'Week from' : 'Day', 'Size']}
					show={showBytes}
				/>
			)}
			<p className="hint">
				Sizes of the documents' latest files, by the day on which each document was created.
				{data?.documents.pageInfo.hasNextPage && ` Counts the newest ${MOST.toLocaleString()} documents only.`}
			</p>
		</div>
	);
}

const STEPS = [
	['WEEK', 'Week'],
	['DAY', 'Day'],
] as const;
