import { Fact, Person } from '../../kit/parts/index.ts';
import { Time } from '../../kit/text/time.tsx';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import type { Job } from '../needs/use-needs-me.ts';
import { CLASS_WORDS, JOB_WORDS } from './job-words.ts';

/** Everything that an approval of the job covers. */
export function JobFacts({ job }: { readonly job: Job }) {
	return (
		<dl className="facts">
			<Fact name="What">
				{JOB_WORDS[job.kind]} <code className="quiet">{job.kind}</code>
			</Fact>
			{job.class !== null && <Fact name="Keys of">{CLASS_WORDS[job.class]}</Fact>}
			{job.version !== null && <Fact name="Version">{job.version}</Fact>}
			{job.subject !== null && (
				<Fact name="About">
					<span className="mono">
						<VisibleText text={job.subject} />
					</span>
				</Fact>
			)}
			{job.terms !== null && (
				<Fact name="Terms">
					<span className="mono">
						<VisibleText text={readable(job.terms)} form="LINES" />
					</span>
				</Fact>
			)}
			<Fact name="Asked by">
				{job.askedBy ? <Person person={job.askedBy} /> : 'the platform'}, <Time at={job.askedAt} />
			</Fact>
			{job.notBefore !== null && (
				<Fact name="Begins at">
					<Time at={job.notBefore} /> at the earliest
				</Fact>
			)}
			{job.validUntil !== null && (
				<Fact name="Valid until">
					<Time at={job.validUntil} />
				</Fact>
			)}
			{job.agreedAt !== null && (
				<Fact name="Approved by">
					{job.agreedBy ? <Person person={job.agreedBy} /> : 'the platform'}, <Time at={job.agreedAt} />
				</Fact>
			)}
			<Fact name="Request">
				<span className="mono quiet">{job.requestHash}</span>
			</Fact>
		</dl>
	);
}

/** Indented; unchanged if that would lose a part of the terms. */
function readable(terms: string): string {
	try {
		const value: unknown = JSON.parse(terms);
		return JSON.stringify(value) === terms ? JSON.stringify(value, null, 2) : terms;
	} catch {
		return terms;
	}
}
