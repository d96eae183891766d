//! Tests of casework, through its public face only.

#[cfg(test)]
mod acts;
#[cfg(test)]
mod chance;
#[cfg(test)]
mod checklist;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod commute;
#[cfg(test)]
mod dates;
#[cfg(test)]
mod days_of_law;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod freezing;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod hours;
#[cfg(test)]
mod law;
#[cfg(test)]
mod model;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod silence;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod supervision;
#[cfg(test)]
mod support;
#[cfg(test)]
mod telling;
