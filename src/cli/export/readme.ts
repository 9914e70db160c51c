import type { ExportedFirm } from './owner.ts';

export const README_FILE = 'README.txt';

/** Explains an export to anyone who opens it, maybe years later and without this program. */
export const readmeOf = ({
	name,
	slug,
}: ExportedFirm): string => `The content of ${name} (${slug}), exported from Firmseal

This directory holds what the firm's owner may read: text in UTF-8, and the files as they were uploaded.

  manifest.json         when it was made, and each file with its length, its SHA-256 and its number of records
  firm.json             the firm itself
  clients.jsonl         the firm's customers
  members.jsonl         the firm's people, its customers' portal users among them
  threads.jsonl         threads, each a row of messages
  messages.jsonl        what was written in them
  comments.jsonl        comments on documents, messages, notes and invoices
  notes.jsonl           notes
  invoices.jsonl        invoices, each with its line items
  time-entries.jsonl    time that was worked
  documents.jsonl       documents, each with its versions
  files/ID/NUMBER/NAME  the file of a version: id of the document, number of the version, name of the document

A .jsonl file has one record on each line, which is a JSON object. Records name each other by id: "thread": {"id": ...}
in messages.jsonl is the record of threads.jsonl with that id. Times are in UTC. Amounts and quantities are decimal
numbers as text, exactly as they were entered. "bucket" and "objectKey" say where the platform keeps a file; they are
of no use without it.

This is not a snapshot of one moment. Each record is as it was when it was read, between "begun" and "ended" of
manifest.json. What was made, changed or removed meanwhile may be in one file and not in another.

"failures" in manifest.json lists what could not be read: the field and the id of the record whose value is null here
for that reason, or the version whose file is missing or differs (DocumentVersion.content), and a code that says why.
If the list is empty, nothing that the platform can open is missing.

Content in the firm's own custody is null here, because only the firm's devices open it. "sealedFields" of a record has
it as the devices sealed it: each envelope, and the stamp of the record. The firm's key log and the wrapped keys are not here:
they are needed to open the envelopes, so keep a device of the firm or a recovery code, and read them with the client
(keyLog and keyWraps of the API).

To verify a file, compare its SHA-256 with that of manifest.json, for example with sha256sum. If the file of a version
has "isVerified": true, this is also the SHA-256 that the platform has of the uploaded file.

Other content was encrypted on the platform; here it is not. Keep it where only authorised people can read it.
`;
