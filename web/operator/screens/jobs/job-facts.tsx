import type { JobDetailsFragment } from '../../../kit/api/operator.generated.ts';
import { Fact, Person } from '../../../kit/parts/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { FirmLink } from '../../firms/index.ts';
import { KINDS, needsInWords, termsOf, whoAsked } from './job-words.ts';

/** The whole request. The hash covers ids only, so the names stand beside them. */
export function JobFacts({ job }: { readonly job: JobDetailsFragment }) {
	return (
		<section className="card stack" aria-labelledby="request">
			<h2 id="request">The request</h2>
			<dl className="facts">
				<Fact name="What">
					{KINDS[job.kind]} <span className="mono quiet">{job.kind}</span>
				</Fact>
				<Fact name="Firm">
					{job.firm ? <FirmLink id={job.firm.id} name={job.firm.name} /> : 'None: the platform, and so every firm'}
					<Id id={job.firmId} />
				</Fact>
				<Fact name="Asked for by">
					{job.askedById === null ? (
						'A command or the program, no person'
					) : job.askedBy ? (
						<PersonWithMail person={job.askedBy} />
					) : (
						whoAsked(job)
					)}
					{job.askedById !== null && <Id id={job.askedById} />}
				</Fact>
				<Fact name="Asked">
					<Time at={job.askedAt} show="second" />
				</Fact>
				{job.class !== null && <Fact name="Class of keys">{showConstant(job.class)}</Fact>}
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
						<Terms terms={job.terms} />
					</Fact>
				)}
				<Fact name="Must also agree">{needsInWords(job)}</Fact>
				{job.agreedAt !== null && (
					<Fact name="Approved">
						<PersonWithMail person={job.agreedBy} />, <Time at={job.agreedAt} show="second" />
						{job.agreedById !== null && <Id id={job.agreedById} />}
					</Fact>
				)}
				{job.validUntil !== null && (
					<Fact name="Good until">
						<Time at={job.validUntil} />
					</Fact>
				)}
				{job.notBefore !== null && (
					<Fact name="Begins not before">
						<Time at={job.notBefore} />
					</Fact>
				)}
				{job.endedAt !== null && (
					<Fact name="Ended">
						<Time at={job.endedAt} show="second" />
					</Fact>
				)}
				<Fact name="Request hash">
					<span className="mono">{job.requestHash}</span>
				</Fact>
			</dl>
		</section>
	);
}

const Id = ({ id }: { readonly id: string }) => <div className="mono hint">{id}</div>;

const PersonWithMail = ({ person }: { readonly person: JobDetailsFragment['askedBy'] }) => (
	<>
		<Person person={person} /> {person && <span className="quiet">{person.email}</span>}
	</>
);

function Terms({ terms }: { readonly terms: string }) {
	const named = termsOf(terms);
	if (typeof named === 'string')
		return (
			<span className="mono">
				<VisibleText text={named} form="LINES" />
			</span>
		);
	return (
		<ul>
			{named.map(([name, value]) => (
				<li key={name}>
					<span className="quiet">
						<VisibleText text={name} />:
					</span>{' '}
					<VisibleText text={value} />
				</li>
			))}
		</ul>
	);
}
