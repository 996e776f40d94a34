DROP TABLE touched;
DROP TABLE fact_generation;
