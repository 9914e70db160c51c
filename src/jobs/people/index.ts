export { type AskedPerson, requestPerson, selectPersonRequests, type Wanted } from './ask.ts';
export { decideOn, lacksOne, mayDecide, type Standing, selectStanding } from './decide.ts';
export { type PeopleParts, personSteps } from './steps.ts';
export { type PersonTerms, readPersonTerms } from './terms.ts';
