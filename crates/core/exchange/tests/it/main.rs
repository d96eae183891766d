//! Tests of the exchange, through its public face only.

#[cfg(test)]
mod codes;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod signatures;
#[cfg(test)]
mod translation;
#[cfg(test)]
mod waiting;
