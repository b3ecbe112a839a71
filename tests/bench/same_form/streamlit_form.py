"""The form of the bench in Streamlit."""

import pandas as pd
import streamlit as st

REPS = pd.DataFrame({"rep": ["Ana", "Ben", "Cleo"], "result": [120_000, 90_000, 150_000]})

st.title("Goals")
st.text_input("Owner")
st.selectbox("Territory", ["North", "South"])
growth = st.text_input("Growth", "4%")
if st.button("Save"):
    goal = REPS["result"].sum() * (1 + float(growth.rstrip("%")) / 100)
    st.write(f"Saved: {goal:,.0f}")
st.dataframe(REPS)
